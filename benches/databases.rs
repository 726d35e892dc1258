//! Databases of their own to measure on, with the consultations published and open today, and no response in them.

use std::path::Path;

use anyhow::{Context as _, Result};
use soundings::{demo, store};
use uuid::Uuid;

/// A database made for this run.
pub struct Scratch {
    /// How a server finds it.
    pub url: String,
    /// The server's own address and the database's name, when it has to be taken away again.
    made: Option<(String, String)>,
}

impl Scratch {
    /// A file in this folder.
    pub async fn sqlite(folder: &Path) -> Result<Self> {
        Self { url: format!("sqlite://{}/soundings.db", folder.display()), made: None }.filled().await
    }

    /// A database of the server that this environment variable names, if it names one.
    pub async fn postgres(variable: &str) -> Result<Option<Self>> {
        #[expect(clippy::disallowed_methods, reason = "where to measure is the benchmark's own affair")]
        let Some(server) = std::env::var(variable).ok().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let name = format!("bench{}", Uuid::now_v7().simple());
        store::raw(&store::connect(&server, None).await?, &format!("CREATE DATABASE {name}")).await?;
        let (root, _) = server.rsplit_once('/').context("a URL that ends in a database's name")?;
        let url = format!("{root}/{name}");
        Self { url, made: Some((server, name)) }.filled().await.map(Some)
    }

    async fn filled(self) -> Result<Self> {
        let db = store::connect(&self.url, None).await?;
        store::migrate(&db).await?;
        demo::publish(&db).await?;
        Ok(self)
    }

    /// Take it away again.
    pub async fn remove(self) -> Result<()> {
        if let Some((server, name)) = self.made {
            store::raw(&store::connect(&server, None).await?, &format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        Ok(())
    }
}
