//! Pages of people: sign-in, own account, people, units, groups, organisations, statements, set-up.

pub mod account;
pub mod choose_password;
pub mod client;
pub mod fields;
pub mod flash;
pub mod groups;
pub mod heads;
pub mod language;
pub mod organisations;
pub mod people;
pub mod positions;
pub mod residents;
pub mod setup;
pub mod shared_positions;
pub mod sign_in;
pub mod somebody;
pub mod statement;
pub mod units;

use crate::routes::Routes;
use crate::routes::Who::{Anybody, SignedIn};

/// The routes of these pages.
pub fn routes() -> Routes {
    doors().merge(own()).merge(everybody()).merge(groups_and_units()).merge(installation())
}

/// What a visitor who is not signed in may use.
fn doors() -> Routes {
    Routes::new()
        .get("/sign-in", Anybody, sign_in::show)
        .post("/sign-in", Anybody, sign_in::sign_in)
        .post("/sign-out", Anybody, sign_in::sign_out)
        .post("/language", Anybody, language::choose)
        .get("/setup/{secret}", Anybody, setup::show)
        .post("/setup/{secret}", Anybody, setup::set_up)
        .get("/password/{secret}", Anybody, choose_password::show)
        .post("/password/{secret}", Anybody, choose_password::choose)
        .get("/statement", Anybody, statement::list)
        .get("/statement/{slug}", Anybody, statement::show)
}

fn own() -> Routes {
    Routes::new()
        .get("/account", SignedIn, account::show)
        .post("/account/password", SignedIn, account::change_password)
        .post("/account/sessions/end", SignedIn, account::end_sessions)
}

fn everybody() -> Routes {
    use people::{access, accommodation, erase, export, import, list, new, person};
    Routes::new()
        .get("/people", SignedIn, list::show)
        .get("/people/new", SignedIn, new::show)
        .post("/people/new", SignedIn, new::create)
        .get("/people/export", SignedIn, export::download)
        .get("/people/import", SignedIn, import::show)
        .post("/people/import", SignedIn, import::check)
        .post("/people/import/confirm", SignedIn, import::confirm)
        .get("/people/{id}", SignedIn, person::show)
        .post("/people/{id}", SignedIn, person::change)
        .post("/people/{id}/roles", SignedIn, person::set_roles)
        .get("/people/{id}/accommodation", SignedIn, accommodation::show)
        .post("/people/{id}/accommodation", SignedIn, accommodation::save)
        .post("/people/{id}/positions", SignedIn, person::set_positions)
        .get("/people/{id}/suspend", SignedIn, access::ask_suspend)
        .post("/people/{id}/suspend", SignedIn, access::suspend)
        .get("/people/{id}/erase", SignedIn, erase::ask)
        .post("/people/{id}/erase", SignedIn, erase::erase)
        .post("/people/{id}/resume", SignedIn, access::resume)
        .post("/people/{id}/password-link", SignedIn, access::offer_password)
}

fn groups_and_units() -> Routes {
    use groups::one;
    Routes::new()
        .get("/groups", SignedIn, groups::list)
        .get("/groups/new", SignedIn, groups::show_new)
        .post("/groups/new", SignedIn, groups::create)
        .get("/groups/{id}", SignedIn, one::show)
        .post("/groups/{id}/add", SignedIn, one::add)
        .post("/groups/{id}/remove", SignedIn, one::remove)
        .get("/groups/{id}/delete", SignedIn, one::ask_delete)
        .post("/groups/{id}/delete", SignedIn, one::delete)
        .get("/units", SignedIn, units::show)
        .post("/units", SignedIn, units::create)
        .get("/units/{id}/delete", SignedIn, units::ask_delete)
        .post("/units/{id}/delete", SignedIn, units::delete)
        .get("/units/{id}/heads", SignedIn, heads::show)
        .post("/units/{id}/heads", SignedIn, heads::appoint)
        .post("/units/{id}/heads/remove", SignedIn, heads::dismiss)
        .get("/positions", SignedIn, positions::list)
        .post("/positions", SignedIn, positions::create)
        .get("/positions/{position}", SignedIn, positions::show)
        .post("/positions/{position}/add", SignedIn, positions::add)
        .post("/positions/{position}/remove", SignedIn, positions::remove)
        .get("/positions/{position}/delete", SignedIn, positions::ask_delete)
        .post("/positions/{position}/delete", SignedIn, positions::delete)
}

fn installation() -> Routes {
    Routes::new()
        .get("/organisations", SignedIn, organisations::list)
        .get("/organisations/new", SignedIn, organisations::show_new)
        .post("/organisations/new", SignedIn, organisations::create)
        .get("/organisations/positions", SignedIn, shared_positions::show)
        .post("/organisations/positions", SignedIn, shared_positions::create)
        .post("/organisations/positions/remove", SignedIn, shared_positions::remove)
        .get("/organisation/statement", SignedIn, statement::edit::show)
        .post("/organisation/statement", SignedIn, statement::edit::save)
        .get("/organisation/residents", SignedIn, residents::show)
        .post("/organisation/residents", SignedIn, residents::save)
}
