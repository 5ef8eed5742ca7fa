//! The certificates of a course, for those who teach it: the list, the document, revoking one with a reason.

use axum::extract::State;
use courses::certificate::{self, Certificate, State as Worth};
use courses::course::Course;
use courses::{CertificateId, Error, Taught};
use leptos::prelude::*;
use serde::Deserialize;
use words::{Language, certificates as say};

use super::{freeze, tag};
use crate::caller::Caller;
use crate::courses::taught::{self, Tab, tabs, way};
use crate::date;
use crate::parts::{CheckPage, DataTable, EmptyState, FormErrors, Link, PageHead, TextArea};
use crate::problem::{Answer, Problem, field_sentence};
use crate::refused::{errors, summary};
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::Visit;

/// The reason that was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub(super) reason: String,
}

/// GET /teaching/{slug}/certificates
pub async fn list(State(app): State<App>, caller: Caller, At(slug): At<String>) -> Answer {
    let (mut visit, proof, course) = taught::open_course(&app, &caller, &slug).await?;
    let all = certificate::of_course(&mut visit.tx, &proof).await?;
    let language = visit.language;
    visit.page(say::tab(language), move || {
        let list = if all.is_empty() {
            view! { <EmptyState title=say::list_empty(language) text=say::list_empty_text(language)/> }.into_any()
        } else {
            table(language, &slug, &all)
        };
        view! {
            {tabs(language, &course, Tab::Certificates)}
            <PageHead title=say::tab(language) kicker=course.card.title.clone() lead=say::list_lead(language)/>
            {list}
        }
        .into_any()
    })
}

fn table(language: Language, slug: &str, all: &[Certificate]) -> AnyView {
    let rows = all.iter().map(|one| row(language, slug, one)).collect_view();
    view! {
        <DataTable id="certificates" caption=say::list_caption(language)>
            <thead>
                <tr>
                    <th scope="col">{say::column_person(language)}</th>
                    <th scope="col">{say::column_number(language)}</th>
                    <th scope="col">{say::column_issued(language)}</th>
                    <th scope="col">{say::column_valid_until(language)}</th>
                    <th scope="col">{say::column_state(language)}</th>
                    <th scope="col">{say::column_acts(language)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

/// Whom it names, in a list.
pub(super) fn name(language: Language, one: &Certificate) -> String {
    one.holder.as_ref().map_or_else(|| say::name_erased(language).to_owned(), |holder| holder.name.clone())
}

fn row(language: Language, slug: &str, one: &Certificate) -> AnyView {
    let until = one.valid_until.map_or_else(|| say::for_good(language).to_owned(), super::day);
    let number = one.holder.as_ref().map_or_else(|| "–".to_owned(), |holder| holder.number.grouped());
    let standing = matches!(one.state, Worth::Valid | Worth::Expired);
    let subject = format!(": {}", name(language, one));
    let link = |text: &'static str, act: &str| {
        let href = format!("/teaching/{slug}/certificates/{}/{act}", one.id);
        let subject = subject.clone();
        view! { <li><a href=href>{text}<span class="visually-hidden">{subject}</span></a></li> }
    };
    let document = one.holder.as_ref().map(|_| link(say::take_pdf(language), "document"));
    let revoke = standing.then(|| link(say::revoke(language), "revoke"));
    let replace = (standing && one.holder.is_some()).then(|| link(say::replace(language), "replace"));
    view! {
        <tr>
            <th scope="row">{name(language, one)}</th>
            <td><code>{number}</code></td>
            <td>{date::day(one.issued_at)}</td>
            <td>{until}</td>
            <td>{tag(language, &one.state)}</td>
            <td><ul class="facts">{document}{revoke}{replace}</ul></td>
        </tr>
    }
    .into_any()
}

/// GET /teaching/{slug}/certificates/{certificate}/document
pub async fn document(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, CertificateId)>,
) -> Answer {
    let (mut visit, proof) = taught::open(&app, &caller, &slug).await?;
    let one = certificate::one_of_course(&mut visit.tx, &proof, id).await?;
    freeze::document(visit, &one).await
}

/// One certificate of a course, for those who teach it.
pub(super) async fn open(
    app: &App,
    caller: &Caller,
    slug: &str,
    id: CertificateId,
) -> Result<(Visit, Taught, Course, Certificate), Problem> {
    let (mut visit, proof, course) = taught::open_course(app, caller, slug).await?;
    let one = certificate::one_of_course(&mut visit.tx, &proof, id).await?;
    Ok((visit, proof, course, one))
}

/// What a page that asks before an act on one certificate shows.
pub(super) struct Asking {
    pub(super) course: Course,
    pub(super) one: Certificate,
    pub(super) question: String,
    pub(super) text: &'static str,
    pub(super) act: &'static str,
    pub(super) confirm: &'static str,
    /// What is told when it is done.
    pub(super) done: &'static str,
}

/// Asks before an act on one certificate, for its reason; again when that was refused.
pub(super) fn asking(visit: Visit, page: Asking, reason: String, errors: FormErrors) -> Answer {
    let language = visit.language;
    visit.form(&page.question.clone(), errors, |errors| {
        let slug = page.course.card.slug.clone();
        let list = format!("/teaching/{slug}/certificates");
        let between = [
            (page.course.card.title.as_str(), slug.as_str()),
            (say::tab(language), &list["/teaching/".len()..]),
        ];
        let fields = view! {
            <TextArea
                name="reason"
                label=say::reason(language)
                value=reason
                rows=3
                maxlength=500
                error=errors.of("reason")
            />
        };
        view! {
            {summary(language, &errors)}
            {way(language, &between, page.confirm)}
            <CheckPage
                question=page.question
                action=format!("{list}/{}/{}", page.one.id, page.act)
                confirm=page.confirm
                cancel=Link::new(say::keep(language), list.clone())
                fields=fields.into_any()
            >
                <p>{page.text}</p>
            </CheckPage>
        }
        .into_any()
    })
}

/// Goes to the list when the act is done; asks again, for a better reason, when it was refused.
pub(super) async fn acted(visit: Visit, page: Asking, reason: String, outcome: Result<(), Error>) -> Answer {
    match outcome {
        Ok(()) => {
            let list = format!("/teaching/{}/certificates", page.course.card.slug);
            visit.commit_and_go(&list, page.done).await
        }
        Err(error) => {
            let wrong = refusal(visit.language, error)?;
            asking(visit, page, reason, wrong)
        }
    }
}

/// What is wrong with a reason, or that the certificate stays as it is. Errors: any other.
fn refusal(language: Language, error: Error) -> Result<FormErrors, Problem> {
    match error {
        Error::Invalid(wrong) => Ok(errors(&wrong, |one| field_sentence(language, &one.problem))),
        Error::NotValid => Ok(FormErrors::one("", say::not_valid(language))),
        error => Err(error.into()),
    }
}

fn revoking(language: Language, course: Course, one: Certificate) -> Asking {
    Asking {
        question: say::revoke_question(language, &name(language, &one)),
        text: say::revoke_text(language),
        act: "revoke",
        confirm: say::revoke_now(language),
        done: "certificate-revoked",
        course,
        one,
    }
}

/// GET /teaching/{slug}/certificates/{certificate}/revoke: asks first.
pub async fn ask_revoke(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, CertificateId)>,
) -> Answer {
    let (visit, _, course, one) = open(&app, &caller, &slug, id).await?;
    let page = revoking(visit.language, course, one);
    asking(visit, page, String::new(), FormErrors::new())
}

/// POST /teaching/{slug}/certificates/{certificate}/revoke
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    At((slug, id)): At<(String, CertificateId)>,
    Posted(typed): Posted<Typed>,
) -> Answer {
    let (mut visit, proof, course, one) = open(&app, &caller, &slug, id).await?;
    let revoked = certificate::revoke(&mut visit.tx, &proof, id, &typed.reason).await;
    let page = revoking(visit.language, course, one);
    acted(visit, page, typed.reason, revoked).await
}
