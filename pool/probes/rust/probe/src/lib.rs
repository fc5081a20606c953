//! The subject protocol (../../../../subjects/README.md) for clients without a pool: what the probes share. Each
//! operation has a connection of its own, and those that come when each has had its turn have the last.
use serde_json::{json, Value};
use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use subject::{failure, say, Fault, Identity, Operation, Settings, Statement, Transaction};
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use tokio::sync::Mutex;

/// A client under test.
pub trait Client: Sized + Send + Sync + 'static {
    type Connection: Send + 'static;

    fn new(settings: &Settings) -> Result<Self, Fault>;
    fn connect(&self) -> impl Future<Output = Result<Self::Connection, Fault>> + Send;
    fn transact(
        connection: &mut Self::Connection,
        work: &Transaction,
    ) -> impl Future<Output = Result<(), Fault>> + Send;
    /// What it says of its connection, asking nobody; None when it says nothing.
    fn state(connection: &Self::Connection) -> Option<String>;
    /// The error's class, as an application tells it apart, and its SQLSTATE.
    fn describe(fault: &Fault) -> (String, Option<String>);
}

fn work(operation: &Operation) -> Result<Transaction, Fault> {
    if operation.word() != "connect" {
        return operation.transaction();
    }
    let first = Statement {
        text: "SELECT 1",
        parameters: vec![],
    };
    Ok(Transaction {
        first,
        pause: Duration::ZERO,
        then: vec![],
    })
}

async fn perform<C: Client>(
    connection: &mut C::Connection,
    operation: &Operation,
) -> Result<Value, Fault> {
    C::transact(connection, &work(operation)?).await?;
    Ok(json!({ "ok": true }))
}

/// A connection that is one operation's at a time.
type Shared<C> = Arc<Mutex<<C as Client>::Connection>>;

async fn open_one<C: Client>(client: &C) -> Result<Shared<C>, Fault> {
    Ok(Arc::new(Mutex::new(client.connect().await?)))
}

/// Without a connection it opens one.
async fn answer<C: Client>(
    client: &C,
    connection: Option<Shared<C>>,
    operation: &Operation,
) -> Value {
    let opened = match connection {
        Some(connection) => Ok(connection),
        None => open_one(client).await,
    };
    let shared = match opened {
        Ok(shared) => shared,
        Err(fault) => return failure(&fault, C::describe),
    };
    let mut connection = shared.lock().await;
    let mut message = perform::<C>(&mut connection, operation)
        .await
        .unwrap_or_else(|fault| failure(&fault, C::describe));
    if let Some(state) = C::state(&connection) {
        message["state"] = state.into();
    }
    message
}

async fn serve<C: Client>(
    client: C,
    mut connections: VecDeque<Shared<C>>,
    mut lines: Lines<BufReader<Stdin>>,
) {
    let client = Arc::new(client);
    while let Ok(Some(line)) = lines.next_line().await {
        let operation: Operation = match serde_json::from_str(&line) {
            Ok(operation) => operation,
            Err(error) => {
                say(&json!({ "id": null, "error": error.to_string() }));
                continue;
            }
        };
        // The first operation gets the first connection, and so on: the packets are told apart by that.
        let connection = match operation.word() {
            "connect" => None,
            _ if connections.len() > 1 => connections.pop_front(),
            _ => connections.front().cloned(),
        };
        let client = client.clone();
        tokio::spawn(async move {
            let mut message = answer(&*client, connection, &operation).await;
            message["id"] = operation.id().clone();
            say(&message);
        });
    }
}

async fn open<C: Client>(
    lines: &mut Lines<BufReader<Stdin>>,
) -> Result<(C, VecDeque<Shared<C>>), Fault> {
    let line = lines.next_line().await?.ok_or("nothing to open")?;
    let mut settings = Settings::read(&line)?;
    if settings.strategy == "plain" {
        settings.conninfo += " sslmode=disable";
    }
    let client = C::new(&settings)?;
    let mut connections = VecDeque::new();
    for _ in 0..settings.size {
        connections.push_back(open_one(&client).await?);
    }
    Ok((client, connections))
}

/// Serves until standard input ends, and then ends the process, whoever still waits.
pub async fn run<C: Client>(identity: Identity) -> ! {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    match open::<C>(&mut lines).await {
        Ok((client, connections)) => {
            say(&identity.ready());
            serve(client, connections, lines).await;
            std::process::exit(0);
        }
        Err(fault) => {
            say(&failure(&fault, C::describe));
            std::process::exit(1);
        }
    }
}
