//! What sqlx's pool and sqlx without a pool share.
use crate::{Fault, Parameter, Settings, Statement, Unsupported};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgSslMode};
use sqlx::query::Query;
use sqlx::Postgres;

/// It has nothing of TCP's: no time limit for connecting, no keepalives.
pub fn options(settings: &Settings) -> Result<PgConnectOptions, Fault> {
    let mut options = PgConnectOptions::new_without_pgpass();
    for (word, value) in settings.words() {
        options = match word {
            "host" => options.host(value),
            "port" => options.port(value.parse()?),
            "user" => options.username(value),
            "password" => options.password(value),
            "dbname" => options.database(value),
            "application_name" => options.application_name(value),
            "sslrootcert" => options.ssl_root_cert(value),
            "sslmode" if value == "allow" => {
                return Err(Unsupported("sqlx takes sslmode=allow for disable".into()).into())
            }
            "sslmode" => options.ssl_mode(value.parse::<PgSslMode>()?),
            "hostaddr" => options,
            _ => {
                eprintln!("sqlx has no {word}");
                options
            }
        };
    }
    Ok(options)
}

/// A statement with its parameters bound.
pub fn query(statement: &Statement) -> Query<'_, Postgres, PgArguments> {
    statement.parameters.iter().fold(
        sqlx::query(statement.text),
        |query, parameter| match parameter {
            Parameter::Text(text) => query.bind(text),
            Parameter::Float(float) => query.bind(float),
            Parameter::Int(int) => query.bind(int),
        },
    )
}

/// The error's variant, and its SQLSTATE.
pub fn describe(fault: &Fault) -> (String, Option<String>) {
    let Some(error) = fault.downcast_ref::<sqlx::Error>() else {
        return ("Error".to_owned(), None);
    };
    let variant = format!("{error:?}"); // Io(…), PoolTimedOut
    let variant = variant.split([' ', '(', '{']).next().unwrap_or_default();
    let sqlstate = error
        .as_database_error()
        .and_then(|error| Some(error.code()?.into_owned()));
    (format!("sqlx::Error::{variant}"), sqlstate)
}
