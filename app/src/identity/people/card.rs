//! The start card of a person: name, login, and the one-time link with which they choose a password. On the screen, on
//! paper, or in a letter. The link is nowhere kept in a form that could be shown again.

use base::id::{Secret, row_id};
use base::mail::{self, Letter};
use base::{PersonId, Tx};
use identity::link::PASSWORD_LIFE;
use identity::person::Person;
use identity::{Error, PeopleAdmin};
use leptos::prelude::*;
use words::{Language, identity as say};

use crate::parts::{SummaryList, SummaryRow};
use crate::state::App;

/// A start card.
#[derive(Clone, Debug)]
pub struct Card {
    /// Given and family name.
    pub name: String,
    /// Login name.
    pub login: String,
    /// E-mail address.
    pub email: Option<String>,
    /// The one-time link, whole.
    pub link: String,
    id: PersonId,
    language: Language,
}

impl Card {
    /// Makes a link for the person; their earlier ones no longer work.
    pub async fn offer(tx: &mut Tx, proof: &PeopleAdmin, app: &App, person: Person) -> Result<Self, Error> {
        let secret = identity::link::offer_password(tx, proof, person.id).await?;
        Ok(Self::new(app, person, &secret))
    }

    /// The card for a link that was made already.
    pub fn new(app: &App, person: Person, secret: &Secret) -> Self {
        Self {
            name: format!("{} {}", person.given_name, person.family_name),
            login: person.login,
            email: person.email,
            link: format!("{}/password/{}", app.settings.public_url, secret.reveal()),
            id: person.id,
            language: Language::from_code(&person.language).unwrap_or_default(),
        }
    }

    /// Queues the letter with the link, in the person's language, when they have an address.
    pub async fn post_letter(&self, tx: &mut Tx, organisation: &str) -> Result<(), Error> {
        let Some(email) = &self.email else { return Ok(()) };
        let letter = Letter {
            to: email.clone(),
            subject: say::letter_subject(self.language, organisation),
            text: say::letter_text(self.language, organisation, &self.name, &self.login, &days(), &self.link),
        };
        let key = format!("password {} {}", self.id, row_id(tx.now()));
        Ok(mail::post(tx, &key, &letter).await?)
    }

    /// The card, with its heading at `level` 2 or 3.
    pub fn view(&self, language: Language, organisation: &str, level: u8) -> AnyView {
        let name = self.name.clone();
        let heading = if level == 2 {
            view! { <h2>{name}</h2> }.into_any()
        } else {
            view! { <h3>{name}</h3> }.into_any()
        };
        let rows = vec![
            SummaryRow::new(say::label_organisation(language), organisation),
            SummaryRow::view(
                say::label_login(language),
                view! { <code>{self.login.clone()}</code> }.into_any(),
            ),
            SummaryRow::view(
                say::cards_open(language),
                view! { <code>{self.link.clone()}</code> }.into_any(),
            ),
        ];
        view! { <section class="sheet start-card">{heading}<SummaryList rows=rows/></section> }.into_any()
    }
}

/// That the link is shown only once, and how long it works.
pub fn once(language: Language) -> String {
    say::link_once(language, &days())
}

/// How many days a link works.
pub fn days() -> String {
    PASSWORD_LIFE.whole_days().to_string()
}
