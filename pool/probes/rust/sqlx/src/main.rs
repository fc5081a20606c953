//! sqlx without its pool, as its documentation shows it. What it thinks of its connection it tells nobody.
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use subject::sqlx::{describe, options, query};
use subject::{Fault, Identity, Settings, Transaction};

struct Probe(PgConnectOptions);

impl probe::Client for Probe {
    type Connection = PgConnection;

    fn new(settings: &Settings) -> Result<Probe, Fault> {
        Ok(Probe(options(settings)?))
    }

    async fn connect(&self) -> Result<PgConnection, Fault> {
        Ok(PgConnection::connect_with(&self.0).await?)
    }

    async fn transact(connection: &mut PgConnection, work: &Transaction) -> Result<(), Fault> {
        let mut transaction = connection.begin().await?;
        query(&work.first).fetch_all(&mut *transaction).await?;
        if !work.pause.is_zero() {
            tokio::time::sleep(work.pause).await;
        }
        Ok(transaction.commit().await?)
    }

    fn state(_: &PgConnection) -> Option<String> {
        None
    }

    fn describe(fault: &Fault) -> (String, Option<String>) {
        describe(fault)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let identity = Identity {
        name: "sqlx",
        version: env!("SQLX_VERSION"),
        driver: "Rust",
        speaks: &["connect"],
    };
    probe::run::<Probe>(identity).await
}
