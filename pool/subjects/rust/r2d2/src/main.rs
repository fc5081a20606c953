//! r2d2 with postgres, as their documentation shows them. The manager does what that of
//! r2d2_postgres does, which Debian does not have.
use postgres::{Client, Config};
use r2d2::ManageConnection;
use std::time::Duration;
use subject::postgres::{parameters, MakeTls};
use subject::{Fault, Identity, Settings, Transaction};

struct Manager {
    config: Config,
    tls: MakeTls,
}

impl ManageConnection for Manager {
    type Connection = Client;
    type Error = postgres::Error;

    fn connect(&self) -> Result<Client, postgres::Error> {
        self.config.connect(self.tls.clone())
    }

    fn is_valid(&self, client: &mut Client) -> Result<(), postgres::Error> {
        client.simple_query("").map(|_| ())
    }

    fn has_broken(&self, client: &mut Client) -> bool {
        client.is_closed()
    }
}

struct Pool {
    pool: r2d2::Pool<Manager>,
    config: tokio_postgres::Config,
    tls: MakeTls,
}

fn transact(pool: &r2d2::Pool<Manager>, work: &Transaction) -> Result<(), Fault> {
    let mut client = pool.get()?;
    let mut transaction = client.transaction()?;
    transaction.query(work.first.text, &parameters(&work.first))?;
    if !work.pause.is_zero() {
        std::thread::sleep(work.pause);
    }
    for statement in &work.then {
        transaction.query(statement.text, &parameters(statement))?;
    }
    Ok(transaction.commit()?)
}

/// r2d2 waits in the thread that asks: it is given one, as its documentation shows.
async fn in_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    Ok(tokio::task::spawn_blocking(work).await?)
}

impl subject::Pool for Pool {
    async fn transact(&self, work: Transaction) -> Result<(), Fault> {
        let pool = self.pool.clone();
        in_a_thread(move || transact(&pool, &work)).await?
    }

    async fn connect(&self) -> Result<(), Fault> {
        subject::postgres::connect(&self.config, &self.tls).await
    }

    async fn listen(&self, time: Duration) -> Result<Vec<String>, Fault> {
        subject::postgres::listen(&self.config, &self.tls, time).await
    }

    async fn close(self) {
        let _ = in_a_thread(move || drop(self.pool)).await; // its clients wait for their goodbye
    }

    fn describe(fault: &Fault) -> (String, Option<String>) {
        let kind = if fault.is::<r2d2::Error>() {
            "r2d2::Error"
        } else {
            "postgres::Error"
        };
        (kind.to_owned(), subject::postgres::sqlstate(fault))
    }
}

async fn open(settings: Settings) -> Result<Pool, Fault> {
    let (config, tls) = subject::postgres::configuration(&settings)?;
    let manager = Manager {
        config: config.clone().into(),
        tls: tls.clone(),
    };
    let mut builder = r2d2::Pool::builder().max_size(settings.size);
    if settings.tuned() {
        builder = builder
            .test_on_check_out(true)
            .connection_timeout(Duration::from_secs(10))
            .idle_timeout(Some(Duration::from_secs(60)))
            .max_lifetime(Some(Duration::from_secs(600)));
    }
    let pool = in_a_thread(move || -> Result<_, Fault> {
        let pool = builder.build(manager)?; // opens max_size of them
        let clients: Vec<_> = (0..settings.size)
            .map(|_| pool.get())
            .collect::<Result<_, _>>()?;
        drop(clients);
        Ok(pool)
    });
    Ok(Pool {
        pool: pool.await??,
        config,
        tls,
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let identity = Identity {
        name: "r2d2",
        version: env!("R2D2_VERSION"),
        driver: concat!("postgres ", env!("POSTGRES_VERSION")),
        speaks: &[
            "connect", "listen", "lock", "notify", "once", "sslmode", "then",
        ],
    };
    subject::run(identity, open).await;
}
