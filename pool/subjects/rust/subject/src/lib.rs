//! The subject protocol (../../../README.md): what the adapters of Rust's pools share.
mod operation;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlx")]
pub mod sqlx;
#[cfg(feature = "postgres")]
mod tls;

pub use operation::{Operation, Parameter, Settings, Statement, Transaction};

use serde_json::{json, Value};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::error::Elapsed;

/// Whatever a pool or its driver reports.
pub type Fault = Box<dyn Error + Send + Sync>;

/// Who it is, and the words of the protocol that it speaks beyond the first ones.
pub struct Identity {
    pub name: &'static str,
    pub version: &'static str,
    pub driver: &'static str,
    pub speaks: &'static [&'static str],
}

impl Identity {
    /// What is said when all connections are open.
    pub fn ready(&self) -> Value {
        json!({ "ready": true, "name": self.name, "version": self.version, "driver": self.driver,
            "speaks": self.speaks })
    }
}

/// A pool under test.
pub trait Pool: Send + Sync + 'static {
    /// On a connection of the pool. Dropped when the operation's deadline is over.
    fn transact(&self, work: Transaction) -> impl Future<Output = Result<(), Fault>> + Send;
    /// Asks for the time, on a connection of its own.
    fn connect(&self) -> impl Future<Output = Result<(), Fault>> + Send;
    /// What a connection of its own hears in this time.
    fn listen(&self, time: Duration) -> impl Future<Output = Result<Vec<String>, Fault>> + Send;
    fn close(self) -> impl Future<Output = ()> + Send;
    /// The error's class, as an application tells it apart, and its SQLSTATE.
    fn describe(fault: &Fault) -> (String, Option<String>);
}

/// What a driver cannot do of what conninfo asks for.
#[derive(Debug)]
pub struct Unsupported(pub String);

impl fmt::Display for Unsupported {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for Unsupported {}

pub fn say(message: &Value) {
    let mut output = std::io::stdout().lock();
    // Who no longer listens has ended the cell.
    let _ = writeln!(output, "{message}").and_then(|()| output.flush());
}

/// A fault as the protocol words it.
pub fn failure(fault: &Fault, describe: fn(&Fault) -> (String, Option<String>)) -> Value {
    if let Some(unsupported) = fault.downcast_ref::<Unsupported>() {
        return json!({ "unsupported": unsupported.0 });
    }
    let (kind, sqlstate) = if fault.is::<Elapsed>() {
        ("Elapsed".to_owned(), None)
    } else {
        describe(fault)
    };
    json!({ "error": fault.to_string().trim_end(), "kind": kind, "sqlstate": sqlstate })
}

async fn perform<P: Pool>(pool: &P, operation: &Operation) -> Result<Value, Fault> {
    match operation.word() {
        "connect" => pool.connect().await?,
        "listen" => return Ok(json!({ "heard": pool.listen(operation.time()).await? })),
        _ => {
            let work = pool.transact(operation.transaction()?);
            match operation.within() {
                Some(limit) => tokio::time::timeout(limit, work).await??,
                None => work.await?,
            }
        }
    }
    Ok(json!({}))
}

async fn answer<P: Pool>(pool: &P, line: &str) {
    let operation: Operation = match serde_json::from_str(line) {
        Ok(operation) => operation,
        Err(error) => return say(&json!({ "id": null, "error": error.to_string() })),
    };
    let mut message = match perform(pool, &operation).await {
        Ok(mut message) => {
            message["ok"] = Value::Bool(true);
            message
        }
        Err(fault) => failure(&fault, P::describe),
    };
    message["id"] = operation.id().clone();
    say(&message);
}

/// Up to `workers` operations run side by side; with one they keep their order.
async fn serve<P: Pool>(pool: P, mut lines: Lines<BufReader<Stdin>>, workers: usize) {
    let pool = Arc::new(pool);
    let turns = Arc::new(Semaphore::new(workers));
    let mut begun = JoinSet::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let turn = turns.clone().acquire_owned().await;
        let pool = pool.clone();
        begun.spawn(async move {
            answer(&*pool, &line).await;
            drop(turn);
        });
    }
    while begun.join_next().await.is_some() {}
    if let Some(pool) = Arc::into_inner(pool) {
        pool.close().await;
    }
}

async fn first<P, O>(
    lines: &mut Lines<BufReader<Stdin>>,
    open: impl FnOnce(Settings) -> O,
) -> Result<(P, usize), Fault>
where
    O: Future<Output = Result<P, Fault>>,
{
    let line = lines.next_line().await?.ok_or("nothing to open")?;
    let settings = Settings::read(&line)?;
    let workers = settings.workers;
    Ok((open(settings).await?, workers))
}

/// Serves the pool that `open` makes, with all its connections open, until standard input ends.
pub async fn run<P, O>(identity: Identity, open: impl FnOnce(Settings) -> O)
where
    P: Pool,
    O: Future<Output = Result<P, Fault>>,
{
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    match first(&mut lines, open).await {
        Ok((pool, workers)) => {
            say(&identity.ready());
            serve(pool, lines, workers).await;
        }
        Err(fault) => {
            say(&failure(&fault, P::describe));
            std::process::exit(1);
        }
    }
}
