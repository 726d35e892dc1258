//! Configuration: defaults, then file, then environment, then flags; the later wins. The only file that reads the environment.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

/// Where the service listens, stores and points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: String,
    /// `sqlite://…` or `postgres://…`.
    pub database: String,
    /// A folder for files the service writes.
    pub data: PathBuf,
    /// `smtp://…`, when mail can be sent.
    pub smtp: Option<String>,
    /// The address messages come from; there is one whenever mail can be sent.
    pub mail_from: Option<String>,
    /// The address people know the service by, without a slash at the end.
    pub base_url: String,
    /// Whether staff must sign in with a second factor.
    pub second_factor: bool,
    /// Whether devices keep the keying app so that it opens without a network.
    pub offline_app: bool,
    /// Whether log lines are JSON.
    pub log_json: bool,
}

impl Config {
    /// Whether people reach the service over TLS, so that cookies may be kept to it.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.base_url.starts_with("https://")
    }
}

/// What a flag, the environment or the file may say; nothing when it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "SOUNDINGS_LISTEN", global = true)]
    pub listen: Option<String>,
    /// The database, `sqlite://FILE` or `postgres://…` [default: <sqlite://soundings.db>]
    #[arg(long, env = "SOUNDINGS_DATABASE", global = true, hide_env_values = true)]
    pub database: Option<String>,
    /// A folder for files the service writes [default: data]
    #[arg(long, env = "SOUNDINGS_DATA", global = true)]
    pub data: Option<PathBuf>,
    /// The mail server, `smtp://user:password@host:port` or `smtps://…`; without one no mail is sent
    #[arg(long, env = "SOUNDINGS_SMTP", global = true, hide_env_values = true)]
    pub smtp: Option<String>,
    /// The address messages come from, such as `Consultations <consult@example.org>`
    #[arg(long, env = "SOUNDINGS_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// The address people know the service by
    #[arg(long, env = "SOUNDINGS_BASE_URL", global = true)]
    pub base_url: Option<String>,
    /// Whether staff must set up an authenticator app [default: true]
    #[arg(long, env = "SOUNDINGS_SECOND_FACTOR", global = true)]
    pub second_factor: Option<bool>,
    /// Whether devices keep the keying app; `false` takes its files, and nothing else, off them [default: true]
    #[arg(long, env = "SOUNDINGS_OFFLINE_APP", global = true)]
    pub offline_app: Option<bool>,
    /// Write log lines as JSON
    #[arg(long, env = "SOUNDINGS_LOG_JSON", global = true)]
    pub log_json: Option<bool>,
}

impl Settings {
    /// These settings, with gaps filled from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            database: self.database.or(other.database),
            data: self.data.or(other.data),
            smtp: self.smtp.or(other.smtp),
            mail_from: self.mail_from.or(other.mail_from),
            base_url: self.base_url.or(other.base_url),
            second_factor: self.second_factor.or(other.second_factor),
            offline_app: self.offline_app.or(other.offline_app),
            log_json: self.log_json.or(other.log_json),
        }
    }

    /// Read a settings file; a key it does not know is an error that names the key and its line.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))
    }

    /// The configuration these settings and the defaults make.
    pub fn finish(self) -> anyhow::Result<Config> {
        let database = self.database.unwrap_or_else(|| "sqlite://soundings.db".to_owned());
        if !database.starts_with("sqlite:") && !database.starts_with("postgres://") && !database.starts_with("postgresql://") {
            bail!("the database must be sqlite://… or postgres://…, not {}", database.split(':').next().unwrap_or_default());
        }
        // A variable that is set to nothing, as deployment files often do, is one that is not set.
        let smtp = self.smtp.filter(|server| !server.trim().is_empty());
        if smtp.is_some() && self.mail_from.is_none() {
            bail!("a mail server is set, so set SOUNDINGS_MAIL_FROM to the address that messages come from");
        }
        let listen = self.listen.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let base_url = self.base_url.unwrap_or_else(|| format!("http://{listen}"));
        Ok(Config {
            database,
            data: self.data.unwrap_or_else(|| PathBuf::from("data")),
            smtp,
            mail_from: self.mail_from,
            base_url: base_url.trim_end_matches('/').to_owned(),
            second_factor: self.second_factor.unwrap_or(true),
            offline_app: self.offline_app.unwrap_or(true),
            log_json: self.log_json.unwrap_or(false),
            listen,
        })
    }
}

/// The log filter the environment asks for, such as `info` or `soundings=debug`.
#[must_use]
pub fn log_filter() -> String {
    #[expect(clippy::disallowed_methods, reason = "this is the file that reads the environment")]
    std::env::var("SOUNDINGS_LOG").unwrap_or_else(|_| "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_first_wins_and_gaps_are_filled() {
        let flags = Settings { listen: Some("127.0.0.1:1".to_owned()), ..Settings::default() };
        let file = Settings {
            listen: Some("127.0.0.1:2".to_owned()),
            smtp: Some("smtp://mail".to_owned()),
            mail_from: Some("consult@example.org".to_owned()),
            ..Settings::default()
        };
        let config = flags.or(file).finish().unwrap();
        assert_eq!(config.listen, "127.0.0.1:1");
        assert_eq!(config.smtp.as_deref(), Some("smtp://mail"));
        assert_eq!(config.base_url, "http://127.0.0.1:1");
        assert_eq!(config.database, "sqlite://soundings.db");
    }

    #[test]
    fn an_unknown_key_in_the_file_is_an_error_that_names_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("soundings.toml");
        std::fs::write(&path, "lisen = \"127.0.0.1:1\"\n").unwrap();
        let error = format!("{:#}", Settings::read(&path).unwrap_err());
        assert!(error.contains("lisen"), "{error}");
    }

    #[test]
    fn a_mail_server_needs_an_address_that_messages_come_from() {
        let settings = Settings { smtp: Some("smtp://mail".to_owned()), ..Settings::default() };
        assert!(settings.finish().unwrap_err().to_string().contains("SOUNDINGS_MAIL_FROM"));
        let settings = Settings { smtp: Some(String::new()), ..Settings::default() };
        assert_eq!(settings.finish().unwrap().smtp, None);
    }

    #[test]
    fn another_database_is_refused_by_name() {
        let settings = Settings { database: Some("mysql://root@localhost/x".to_owned()), ..Settings::default() };
        assert!(settings.finish().unwrap_err().to_string().contains("mysql"));
    }
}
