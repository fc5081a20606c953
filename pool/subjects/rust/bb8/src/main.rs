//! bb8 with tokio-postgres, as their documentation shows them. The manager does what that of
//! bb8-postgres does, which Debian does not have.
use bb8::{ManageConnection, RunError};
use std::time::Duration;
use subject::postgres::{MakeTls, SPEAKS};
use subject::{Fault, Identity, Settings, Transaction};
use tokio_postgres::{Client, Config, Error};

#[derive(Clone)]
struct Manager {
    config: Config,
    tls: MakeTls,
}

impl ManageConnection for Manager {
    type Connection = Client;
    type Error = Error;

    async fn connect(&self) -> Result<Client, Error> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("connection error: {error}");
            }
        });
        Ok(client)
    }

    async fn is_valid(&self, client: &mut Client) -> Result<(), Error> {
        client.simple_query("").await.map(|_| ())
    }

    fn has_broken(&self, client: &mut Client) -> bool {
        client.is_closed()
    }
}

struct Pool {
    pool: bb8::Pool<Manager>,
    manager: Manager,
}

impl subject::Pool for Pool {
    async fn transact(&self, work: Transaction) -> Result<(), Fault> {
        let mut client = self.pool.get().await?;
        Ok(subject::postgres::transact(&mut client, &work).await?)
    }

    async fn connect(&self) -> Result<(), Fault> {
        subject::postgres::connect(&self.manager.config, &self.manager.tls).await
    }

    async fn listen(&self, time: Duration) -> Result<Vec<String>, Fault> {
        subject::postgres::listen(&self.manager.config, &self.manager.tls, time).await
    }

    async fn close(self) {}

    fn describe(fault: &Fault) -> (String, Option<String>) {
        let kind = match fault.downcast_ref::<RunError<Error>>() {
            Some(RunError::TimedOut) => "RunError::TimedOut",
            Some(RunError::User(_)) => "RunError::User",
            None => "tokio_postgres::Error",
        };
        (kind.to_owned(), subject::postgres::sqlstate(fault))
    }
}

async fn open(settings: Settings) -> Result<Pool, Fault> {
    let (config, tls) = subject::postgres::configuration(&settings)?;
    let manager = Manager { config, tls };
    let mut builder = bb8::Pool::builder().max_size(settings.size);
    if settings.tuned() {
        builder = builder
            .test_on_check_out(true)
            .connection_timeout(Duration::from_secs(10))
            .idle_timeout(Some(Duration::from_secs(60)))
            .max_lifetime(Some(Duration::from_secs(600)));
    }
    let pool = builder.build(manager.clone()).await?;
    let mut clients = Vec::new();
    for _ in 0..settings.size {
        clients.push(pool.get().await?);
    }
    drop(clients);
    Ok(Pool { pool, manager })
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let identity = Identity {
        name: "bb8",
        version: env!("BB8_VERSION"),
        driver: concat!("tokio-postgres ", env!("TOKIO_POSTGRES_VERSION")),
        speaks: SPEAKS,
    };
    subject::run(identity, open).await;
}
