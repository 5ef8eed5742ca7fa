//! The list of people, and what its pages share.

pub mod access;
pub mod accommodation;
pub mod card;
pub mod export;
pub mod form;
pub mod import;
pub mod list;
pub mod new;
pub mod person;
mod plan;

use identity::Role;
use leptos::prelude::*;
use words::{Language, frame, identity as say};

pub use crate::way::trail;

/// The name of a right.
pub fn role_name(language: Language, role: Role) -> &'static str {
    match role {
        Role::InstallationAdmin => say::role_installation_admin(language),
        Role::OrganisationAdmin => say::role_organisation_admin(language),
        Role::Instructor => say::role_instructor(language),
        Role::DeviceClerk => say::role_device_clerk(language),
        Role::Learner => "",
    }
}

/// The pages of this section, as links; `here` is the path of the one being read.
pub fn section(language: Language, school: bool, here: &str) -> AnyView {
    let groups = if school { say::classes_title(language) } else { say::groups_title(language) };
    let links = [
        (say::people_title(language), "/people"),
        (groups, "/groups"),
        (say::units_title(language), "/units"),
        (words::positions::title(language), "/positions"),
        (say::people_import(language), "/people/import"),
        (frame::statement(language), "/organisation/statement"),
        (words::certificates::settings_title(language), "/organisation/certificates"),
        (words::open::residents_title(language), "/organisation/residents"),
    ]
    .map(|(text, href)| {
        let current = (href == here).then_some("page");
        view! { <li><a href=href aria-current=current>{text}</a></li> }
    });
    view! { <nav class="tabs" aria-label=say::people_section(language)><ul>{links.collect_view()}</ul></nav> }
        .into_any()
}
