//! The list of people, and what its pages share.

pub mod access;
pub mod accommodation;
pub mod card;
pub mod erase;
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

use crate::parts::{DataTable, TableWidth};
use crate::way::tabs;

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
    .map(|(text, href)| (text, href, href == here));
    tabs(say::people_section(language), links)
}

/// What people belong to, each with how many they are: the id in the address under `/{kind}/`, the name, the number.
pub fn counted(
    language: Language,
    kind: &'static str,
    caption: &'static str,
    rows: impl Iterator<Item = (String, String, i64)>,
) -> AnyView {
    let rows = rows
        .map(|(id, name, people)| {
            view! {
                <tr>
                    <th scope="row"><a href=format!("/{kind}/{id}")>{name}</a></th>
                    <td class="number">{people}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable id=kind caption=caption width=TableWidth::Fits>
            <thead>
                <tr>
                    <th scope="col">{say::label_name(language)}</th>
                    <th scope="col" class="number">{say::label_people(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}
