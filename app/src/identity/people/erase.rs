//! GET and POST /people/{id}/erase: a person's data go (art. 17 RODO), after a page that says what stays and why.

use axum::extract::State;
use base::PersonId;
use courses::certificate;
use devices::loans::{event, open};
use identity::Error;
use leptos::prelude::*;
use notices::notice;
use video::note;
use words::{Language, identity as say};

use super::trail;
use crate::caller::Caller;
use crate::parts::{CheckPage, FormErrors, Link, Notice, Tone};
use crate::problem::Answer;
use crate::refused::summary;
use crate::request::At;
use crate::state::App;
use crate::visit::Visit;

/// GET /people/{id}/erase: asks first.
pub async fn ask(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let visit = caller.open(&app).await?;
    visit.me.people_admin()?;
    page(visit, id, FormErrors::new()).await
}

/// POST /people/{id}/erase: everything in one transaction; once more changes nothing.
pub async fn erase(State(app): State<App>, caller: Caller, At(id): At<PersonId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let proof = visit.me.people_admin()?;
    let language = visit.language;
    match identity::erase::erase(&mut visit.tx, &proof, id).await {
        Ok(now) => {
            if now {
                certificate::erase(&mut visit.tx, &proof, id).await?;
                event::forget_names(&mut visit.tx, &proof, id).await?;
                note::erase(&mut visit.tx, &proof, id).await?;
                notice::forget_enclosures(&mut visit.tx, &proof).await?;
            }
            visit.commit_and_go("/people", "person_erased").await
        }
        Err(Error::Bound) => {
            // The refused statement has ended the transaction.
            let visit = visit.afresh().await?;
            page(visit, id, FormErrors::one("", say::erase_lent_error(language))).await
        }
        Err(Error::NotOneself) => {
            let visit = visit.afresh().await?;
            page(visit, id, FormErrors::one("", say::erase_oneself(language))).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(mut visit: Visit, id: PersonId, errors: FormErrors) -> Answer {
    let proof = visit.me.people_admin()?;
    let person = identity::person::one(&mut visit.tx, &proof, id).await?;
    let lent = open::of_person(&mut visit.tx, &proof, id).await?;
    let held = certificate::held_by(&mut visit.tx, &proof, id).await?;
    let (language, oneself) = (visit.language, visit.me.person == id);
    let name = format!("{} {}", person.given_name, person.family_name);
    let title = say::erase_question(language, &name);
    visit.form(&title.clone(), errors, move |errors: FormErrors| {
        let back = format!("/people/{id}");
        let up = vec![Link::new(say::people_title(language), "/people"), Link::new(name, back.clone())];
        let rest = if lent > 0 || oneself {
            let text = if oneself {
                say::erase_oneself(language).to_owned()
            } else {
                say::erase_lent(language, lent)
            };
            view! {
                <h1>{title}</h1>
                <Notice tone=Tone::Warning><p>{text}</p></Notice>
                <p><a href=back>{say::erase_keep(language)}</a></p>
            }
            .into_any()
        } else {
            check(language, id, title, held, back)
        };
        view! {
            {summary(language, &errors)}
            {trail(language, up, say::erase_now(language))}
            {rest}
        }
        .into_any()
    })
}

fn check(language: Language, id: PersonId, question: String, held: i64, back: String) -> AnyView {
    let list = |items: &[&'static str]| items.iter().map(|item| view! { <li>{*item}</li> }).collect_view();
    let goes = list(&[
        say::erase_goes_person(language),
        say::erase_goes_access(language),
        say::erase_goes_place(language),
        say::erase_goes_certificates(language),
        words::notes::erase_goes(language),
        say::erase_goes_events(language),
    ]);
    let stays = list(&[
        say::erase_stays_counts(language),
        say::erase_stays_certificates(language),
        say::erase_stays_devices(language),
        say::erase_stays_reports(language),
        say::erase_stays_audit(language),
    ]);
    view! {
        <CheckPage
            question=question
            action=format!("/people/{id}/erase")
            confirm=say::erase_now(language)
            cancel=Link::new(say::erase_keep(language), back)
        >
            <p>{say::erase_text(language)}</p>
            <h2>{say::erase_goes(language)}</h2>
            <ul>{goes}</ul>
            <h2>{say::erase_stays(language)}</h2>
            <ul>{stays}</ul>
            <p>{words::certificates::erase_count(language, held)}</p>
        </CheckPage>
    }
    .into_any()
}
