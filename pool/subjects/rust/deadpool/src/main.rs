//! deadpool with tokio-postgres, as their documentation shows them. The manager does what that of
//! deadpool-postgres does, which Debian does not have.
use deadpool::managed::{self, Metrics, PoolError, RecycleError, RecycleResult};
use deadpool::Runtime;
use std::ops::{Deref, DerefMut};
use std::time::Duration;
use subject::postgres::{MakeTls, SPEAKS};
use subject::{Fault, Identity, Settings, Transaction};
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error};

#[derive(Clone, Copy, PartialEq)]
enum RecyclingMethod {
    Fast,
    Verified,
}

#[derive(Clone)]
struct Manager {
    config: Config,
    tls: MakeTls,
    recycling_method: RecyclingMethod,
}

/// A client, and the task that drives its connection: it ends with the client.
struct Wrapper {
    client: Client,
    task: JoinHandle<()>,
}

impl Deref for Wrapper {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl DerefMut for Wrapper {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Drop for Wrapper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl managed::Manager for Manager {
    type Type = Wrapper;
    type Error = Error;

    async fn create(&self) -> Result<Wrapper, Error> {
        let (client, connection) = self.config.connect(self.tls.clone()).await?;
        let task = tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("Connection error: {error}");
            }
        });
        Ok(Wrapper { client, task })
    }

    async fn recycle(&self, client: &mut Wrapper, _: &Metrics) -> RecycleResult<Error> {
        if client.is_closed() {
            return Err(RecycleError::message("Connection closed"));
        }
        if self.recycling_method == RecyclingMethod::Verified {
            client.simple_query("").await?;
        }
        Ok(())
    }
}

struct Pool {
    pool: managed::Pool<Manager>,
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

    async fn close(self) {
        self.pool.close();
    }

    fn describe(fault: &Fault) -> (String, Option<String>) {
        let kind = match fault.downcast_ref::<PoolError<Error>>() {
            Some(PoolError::Timeout(step)) => format!("PoolError::Timeout({step:?})"),
            Some(PoolError::Backend(_)) => "PoolError::Backend".to_owned(),
            Some(_) => "PoolError".to_owned(),
            None => "tokio_postgres::Error".to_owned(),
        };
        (kind, subject::postgres::sqlstate(fault))
    }
}

async fn open(settings: Settings) -> Result<Pool, Fault> {
    let (config, tls) = subject::postgres::configuration(&settings)?;
    let recycling_method = if settings.tuned() {
        RecyclingMethod::Verified
    } else {
        RecyclingMethod::Fast
    };
    let manager = Manager {
        config,
        tls,
        recycling_method,
    };
    let mut builder = managed::Pool::builder(manager.clone()).max_size(settings.size as usize);
    if settings.tuned() {
        builder = builder
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_secs(10)))
            .create_timeout(Some(Duration::from_secs(5)))
            .recycle_timeout(Some(Duration::from_secs(2)));
    }
    let pool = builder.build()?;
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
        name: "deadpool",
        version: env!("DEADPOOL_VERSION"),
        driver: concat!("tokio-postgres ", env!("TOKIO_POSTGRES_VERSION")),
        speaks: SPEAKS,
    };
    subject::run(identity, open).await;
}
