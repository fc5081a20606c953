//! What the harness asks for, and the SQL that it stands for.
use crate::Fault;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

#[derive(Deserialize)]
pub struct Settings {
    pub conninfo: String,
    pub size: u32,
    pub strategy: String,
    pub workers: usize,
}

impl Settings {
    pub fn read(line: &str) -> Result<Settings, Fault> {
        #[derive(Deserialize)]
        struct First {
            open: Settings,
        }
        Ok(serde_json::from_str::<First>(line)?.open)
    }

    pub fn tuned(&self) -> bool {
        self.strategy == "tuned"
    }

    /// libpq's keywords and values; a value with spaces stands in single quotes.
    pub fn words(&self) -> Vec<(&str, &str)> {
        let mut words = Vec::new();
        let mut rest = self.conninfo.trim_start();
        while let Some((word, value)) = rest.split_once('=') {
            let quoted = value.strip_prefix('\'');
            let end = if quoted.is_some() { '\'' } else { ' ' };
            let (value, behind) = quoted
                .unwrap_or(value)
                .split_once(end)
                .unwrap_or((quoted.unwrap_or(value), ""));
            words.push((word.trim(), value));
            rest = behind.trim_start();
        }
        words
    }
}

#[derive(Deserialize)]
pub struct Operation {
    id: Value,
    #[serde(rename = "do")]
    word: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    seconds: f64,
    #[serde(default)]
    pause_ms: u64,
    #[serde(default)]
    bytes: i32,
    #[serde(default)]
    then: Vec<String>,
    #[serde(default)]
    once: bool,
    within_ms: Option<u64>,
}

pub enum Parameter {
    Text(String),
    Float(f64),
    Int(i32),
}

pub struct Statement {
    pub text: &'static str,
    pub parameters: Vec<Parameter>,
}

/// The first statement, the pause, and what comes behind it.
pub struct Transaction {
    pub first: Statement,
    pub pause: Duration,
    pub then: Vec<Statement>,
}

/// An insert, and the same with its idempotency key: the row's own.
macro_rules! insert {
    ($text:literal) => {
        [$text, concat!($text, " ON CONFLICT (key) DO NOTHING")]
    };
}
const INSERT: [&str; 2] = insert!("INSERT INTO blog_posts (key) VALUES ($1)");
const BULK: [&str; 2] = insert!("INSERT INTO blog_posts (key, title) VALUES ($1, $2)");
const NOTIFY: &str =
    "WITH row AS (INSERT INTO blog_posts (key) VALUES ($1) RETURNING key) SELECT pg_notify('hangup', key) FROM row";

impl Operation {
    pub fn id(&self) -> &Value {
        &self.id
    }

    pub fn word(&self) -> &str {
        &self.word
    }

    pub fn time(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }

    pub fn within(&self) -> Option<Duration> {
        self.within_ms.map(Duration::from_millis)
    }

    fn insert(&self, key: &str) -> Statement {
        Statement {
            text: INSERT[usize::from(self.once)],
            parameters: vec![Parameter::Text(key.to_owned())],
        }
    }

    fn statement(&self) -> Result<Statement, Fault> {
        let key = Parameter::Text(self.key.clone());
        let (text, parameters) = match self.word.as_str() {
            "insert" | "transaction" => return Ok(self.insert(&self.key)),
            "bulk" => {
                let title = Parameter::Text("x".repeat(self.bytes.try_into()?));
                (BULK[usize::from(self.once)], vec![key, title])
            }
            "read" => ("SELECT count(*) FROM blog_posts", vec![]),
            "wait" => ("SELECT pg_sleep($1)", vec![Parameter::Float(self.seconds)]),
            "fetch" => ("SELECT repeat('x', $1)", vec![Parameter::Int(self.bytes)]),
            "lock" => ("LOCK TABLE blog_posts IN EXCLUSIVE MODE", vec![]),
            "notify" => (NOTIFY, vec![key]),
            _ => return Err("unknown operation".into()),
        };
        Ok(Statement { text, parameters })
    }

    pub fn transaction(&self) -> Result<Transaction, Fault> {
        Ok(Transaction {
            first: self.statement()?,
            pause: Duration::from_millis(self.pause_ms),
            then: self.then.iter().map(|key| self.insert(key)).collect(),
        })
    }
}
