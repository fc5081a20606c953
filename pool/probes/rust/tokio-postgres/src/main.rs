//! tokio-postgres without a pool, as its documentation shows it: a task for each connection sees what comes while
//! nobody asks.
use subject::postgres::{configuration, sqlstate, transact, MakeTls};
use subject::{Fault, Identity, Settings, Transaction};
use tokio_postgres::{Client, Config};

struct Probe {
    config: Config,
    tls: MakeTls,
}

impl probe::Client for Probe {
    type Connection = Client;

    fn new(settings: &Settings) -> Result<Probe, Fault> {
        let (config, tls) = configuration(settings)?;
        Ok(Probe { config, tls })
    }

    async fn connect(&self) -> Result<Client, Fault> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("connection error: {error}");
            }
        });
        Ok(client)
    }

    async fn transact(client: &mut Client, work: &Transaction) -> Result<(), Fault> {
        Ok(transact(client, work).await?)
    }

    fn state(client: &Client) -> Option<String> {
        Some(format!("is_closed() = {}", client.is_closed()))
    }

    fn describe(fault: &Fault) -> (String, Option<String>) {
        ("tokio_postgres::Error".to_owned(), sqlstate(fault))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let identity = Identity {
        name: "tokio-postgres",
        version: env!("TOKIO_POSTGRES_VERSION"),
        driver: "Rust",
        speaks: &["connect"],
    };
    probe::run::<Probe>(identity).await
}
