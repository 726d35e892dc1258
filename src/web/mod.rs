//! Floor 4: HTTP and nothing else. The whole URL space in one place.

pub mod analysis;
pub mod api;
pub mod assets;
pub mod bundle;
pub mod device;
pub mod guard;
pub mod health;
mod noting;
pub mod paper;
pub mod problem;
pub mod respond;
pub mod session;
pub mod staff;
pub mod sync;
pub mod uploads;
pub mod view;

use actix_web::web::{self, ServiceConfig};

/// Every address the service answers.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/healthz", web::get().to(health::alive))
        .route("/readyz", web::get().to(health::ready))
        .route("/metrics", web::get().to(health::metrics))
        .service(web::scope("/api/v1").configure(api::routes))
        .configure(assets::routes)
        .configure(device::routes)
        .configure(analysis::routes)
        .configure(staff::routes)
        .configure(respond::routes);
}
