//! sqlx's own pool and driver, as its documentation shows them.
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection};
use std::time::{Duration, Instant};
use subject::sqlx::{describe, options, query};
use subject::{Fault, Identity, Settings, Transaction};

struct Pool {
    pool: PgPool,
    options: PgConnectOptions,
}

impl subject::Pool for Pool {
    async fn transact(&self, work: Transaction) -> Result<(), Fault> {
        let mut transaction = self.pool.begin().await?;
        query(&work.first).fetch_all(&mut *transaction).await?;
        if !work.pause.is_zero() {
            tokio::time::sleep(work.pause).await;
        }
        for statement in &work.then {
            query(statement).execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn connect(&self) -> Result<(), Fault> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        connection.execute("SELECT now()").await?;
        Ok(connection.close().await?)
    }

    /// Its listener takes its connection from a pool; here it is the only one there.
    async fn listen(&self, time: Duration) -> Result<Vec<String>, Fault> {
        let end = Instant::now() + time;
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(self.options.clone())
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen("hangup").await?;
        let mut heard = Vec::new();
        while let Ok(notification) = tokio::time::timeout_at(end.into(), listener.recv()).await {
            heard.push(notification?.payload().to_owned());
        }
        Ok(heard)
    }

    async fn close(self) {
        self.pool.close().await;
    }

    fn describe(fault: &Fault) -> (String, Option<String>) {
        describe(fault)
    }
}

async fn open(settings: Settings) -> Result<Pool, Fault> {
    let options = options(&settings)?;
    let mut pool = PgPoolOptions::new().max_connections(settings.size);
    if settings.tuned() {
        pool = pool
            .test_before_acquire(true)
            .acquire_timeout(Duration::from_secs(10))
            .idle_timeout(Duration::from_secs(60))
            .max_lifetime(Duration::from_secs(600));
    }
    let pool = pool.connect_with(options.clone()).await?;
    let mut connections = Vec::new();
    for _ in 0..settings.size {
        connections.push(pool.acquire().await?);
    }
    drop(connections);
    Ok(Pool { pool, options })
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let identity = Identity {
        name: "sqlx",
        version: env!("SQLX_VERSION"),
        driver: "its own",
        speaks: &[
            "connect", "listen", "lock", "notify", "once", "sslmode", "then", "within",
        ],
    };
    subject::run(identity, open).await;
}
