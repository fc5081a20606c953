//! What the pools on tokio-postgres share, and r2d2's, whose driver stands on it too.
pub use crate::tls::MakeTls;

use crate::{Fault, Parameter, Settings, Statement, Transaction, Unsupported};
use std::error::Error;
use std::future::poll_fn;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config};

/// The words beyond the first ones; "within" where a dropped future ends an operation.
pub const SPEAKS: &[&str] = &[
    "connect", "listen", "lock", "notify", "once", "sslmode", "then", "within",
];

/// What its documentation offers against dead connections.
fn tune(config: &mut Config) {
    config
        .connect_timeout(Duration::from_secs(5))
        .keepalives_idle(Duration::from_secs(30))
        .keepalives_interval(Duration::from_secs(10))
        .keepalives_retries(3)
        .tcp_user_timeout(Duration::from_secs(5));
}

fn take(config: &mut Config, word: &str, value: &str) -> Result<(), Fault> {
    let seconds = || value.parse().map(Duration::from_secs);
    match word {
        "host" => config.host(value),
        "hostaddr" => config.hostaddr(value.parse()?),
        "port" => config.port(value.parse()?),
        "user" => config.user(value),
        "password" => config.password(value),
        "dbname" => config.dbname(value),
        "options" => config.options(value),
        "application_name" => config.application_name(value),
        "connect_timeout" => config.connect_timeout(seconds()?),
        "keepalives" => config.keepalives(value != "0"),
        "keepalives_idle" => config.keepalives_idle(seconds()?),
        "keepalives_interval" => config.keepalives_interval(seconds()?),
        "keepalives_count" => config.keepalives_retries(value.parse()?),
        "tcp_user_timeout" => config.tcp_user_timeout(Duration::from_millis(value.parse()?)),
        "target_session_attrs" => config.target_session_attrs(match value {
            "any" => TargetSessionAttrs::Any,
            "read-write" => TargetSessionAttrs::ReadWrite,
            "read-only" => TargetSessionAttrs::ReadOnly,
            _ => {
                return Err(Unsupported(format!(
                    "tokio-postgres has no target_session_attrs={value}"
                ))
                .into())
            }
        }),
        "sslmode" => config.ssl_mode(match value {
            "disable" => SslMode::Disable,
            "prefer" => SslMode::Prefer,
            "require" | "verify-ca" | "verify-full" => SslMode::Require,
            _ => return Err(Unsupported(format!("tokio-postgres has no sslmode={value}")).into()),
        }),
        "sslrootcert" => config,
        _ => {
            eprintln!("tokio-postgres has no {word}");
            config
        }
    };
    Ok(())
}

/// What conninfo says comes last, and counts.
pub fn configuration(settings: &Settings) -> Result<(Config, MakeTls), Fault> {
    let mut config = Config::new();
    if settings.tuned() {
        tune(&mut config);
    }
    let words = settings.words();
    for (word, value) in &words {
        take(&mut config, word, value)?;
    }
    let find = |name| {
        words
            .iter()
            .find(|(word, _)| *word == name)
            .map(|(_, value)| *value)
    };
    Ok((
        config,
        MakeTls::new(find("sslmode").unwrap_or("prefer"), find("sslrootcert"))?,
    ))
}

fn bind(parameter: &Parameter) -> &(dyn ToSql + Sync) {
    match parameter {
        Parameter::Text(text) => text,
        Parameter::Float(float) => float,
        Parameter::Int(int) => int,
    }
}

/// A statement's parameters, as its `query` takes them.
pub fn parameters(statement: &Statement) -> Vec<&(dyn ToSql + Sync)> {
    statement.parameters.iter().map(bind).collect()
}

/// One transaction on a client that a pool has handed out.
pub async fn transact(
    client: &mut Client,
    work: &Transaction,
) -> Result<(), tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    transaction
        .query(work.first.text, &parameters(&work.first))
        .await?;
    if !work.pause.is_zero() {
        tokio::time::sleep(work.pause).await;
    }
    for statement in &work.then {
        transaction
            .query(statement.text, &parameters(statement))
            .await?;
    }
    transaction.commit().await
}

pub async fn connect(config: &Config, tls: &MakeTls) -> Result<(), Fault> {
    let (client, connection) = config.connect(tls.clone()).await?;
    let driven = tokio::spawn(connection);
    client.query_one("SELECT now()", &[]).await?;
    drop(client);
    let _ = driven.await; // a goodbye, whose answer nobody needs
    Ok(())
}

pub async fn listen(config: &Config, tls: &MakeTls, time: Duration) -> Result<Vec<String>, Fault> {
    let (client, mut connection) = config.connect(tls.clone()).await?;
    let (sender, mut heard) = mpsc::unbounded_channel();
    let driven = tokio::spawn(async move {
        while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message? {
                let _ = sender.send(notification.payload().to_owned());
            }
        }
        Ok::<(), tokio_postgres::Error>(())
    });
    client.batch_execute("LISTEN hangup").await?;
    if let Ok(ended) = tokio::time::timeout(time, driven).await {
        ended??;
        return Err("connection closed".into());
    }
    let mut payloads = Vec::new();
    while let Ok(payload) = heard.try_recv() {
        payloads.push(payload);
    }
    Ok(payloads)
}

/// The server's or the driver's error below whatever a pool has wrapped around it.
fn cause<'a>(fault: &'a (dyn Error + 'static)) -> Option<&'a tokio_postgres::Error> {
    fault.downcast_ref().or_else(|| cause(fault.source()?))
}

pub fn sqlstate(fault: &Fault) -> Option<String> {
    cause(fault.as_ref())?
        .code()
        .map(|state| state.code().to_owned())
}
