//! Who a transaction is opened for. There is no other way to the database, so nobody queries as nobody.

use uuid::Uuid;

use crate::id::{OrganisationId, PersonId};

/// A signed-in person or a named piece of the program, as the database is told about it.
#[derive(Clone, Debug)]
pub struct Actor {
    organisation: Option<OrganisationId>,
    person: Option<PersonId>,
    /// Beyond the organisation: `installation`, `open`, or nothing.
    reach: &'static str,
    name: String,
}

impl Actor {
    /// A person whose session was just looked up. Only `identity` calls this (held by `tests/tidy.rs`).
    pub fn signed_in(organisation: OrganisationId, person: PersonId, name: &str) -> Self {
        Self { organisation: Some(organisation), person: Some(person), reach: "", name: name.to_owned() }
    }

    /// A named part of the program that must see every organisation: sign-in, claiming jobs, retention.
    pub fn installation(name: &'static str) -> Self {
        Self { organisation: None, person: None, reach: "installation", name: name.to_owned() }
    }

    /// Somebody without an account, who reads what organisations have opened to everybody and writes nothing. The walls have
    /// policies of their own for this actor (`visitor`); whatever has none is not there.
    pub fn visitor() -> Self {
        Self { organisation: None, person: None, reach: "open", name: "visitor".to_owned() }
    }

    /// A named job that works for one organisation and sees only that.
    pub fn job(name: &str, organisation: OrganisationId) -> Self {
        Self { organisation: Some(organisation), person: None, reach: "", name: name.to_owned() }
    }

    /// The organisation that the actor speaks for.
    pub fn organisation(&self) -> Option<OrganisationId> {
        self.organisation
    }

    /// The person, when it is one.
    pub fn person(&self) -> Option<PersonId> {
        self.person
    }

    /// The name written into the audit.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The settings that row-level security reads: organisation, person, reach.
    pub(crate) fn settings(&self) -> (String, String, &'static str) {
        let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        (text(self.organisation.map(|id| id.0)), text(self.person.map(|id| id.0)), self.reach)
    }
}
