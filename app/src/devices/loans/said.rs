//! What the pages of loans share: words of kinds, days, findings, refused fields, and the key that makes a form count once.

use base::act::{self, Once};
use base::id::row_id;
use devices::Error;
use devices::loans::due::Rules;
use devices::loans::event::DueEvent;
use devices::loans::kind::{
    AgreementKind, EventKind, Gone, Grade, IncidentKind, LoanKind, Outcome, SignedBy,
};
use devices::loans::list::Line;
use devices::loans::readiness::{Finding, Found, Weight};
use identity::guardian::Basis;
use identity::{FieldProblem, Problem as Wrong};
use leptos::prelude::*;
use time::macros::format_description;
use time::{Date, OffsetDateTime};
use words::{Language, loans as say, settlements};

use crate::date;
use crate::devices::retention;
use crate::parts::{Choice, Field, FieldKind, FormErrors, HiddenField, Notice, Select, Tone};
use crate::problem::{Problem, field_sentence};
use crate::refused;
use crate::visit::Visit;

pub use crate::devices::register::amount as money;
pub use crate::refused::summary;
pub use crate::way::trail;
pub use devices::money::typed as typed_money;
pub use identity::day::{spoken as day, written as machine};

/// The last day, or that there is none.
pub fn due(language: Language, on: Option<Date>) -> String {
    on.map_or_else(|| say::without_end(language).to_owned(), day)
}

/// The last day of a loan; what was given for good has none.
pub fn due_of(language: Language, line: &Line) -> String {
    if line.given { settlements::no_return(language).to_owned() } else { due(language, line.due_on) }
}

/// A moment, or a dash.
pub fn moment(at: Option<OffsetDateTime>) -> String {
    at.map_or_else(|| "–".to_owned(), date::moment)
}

/// A day that was typed; `None` when the field was left empty.
pub fn typed_day(field: &'static str, text: &str) -> Result<Option<Date>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map(Some)
        .map_err(|_| Error::field(field, Wrong::Malformed))
}

/// The kind of an agreement.
pub fn agreement_kind(language: Language, kind: AgreementKind) -> &'static str {
    match kind {
        AgreementKind::Loan => say::kind_loan(language),
        AgreementKind::Donation => say::kind_donation(language),
        AgreementKind::Entrusted => say::kind_entrusted(language),
    }
}

/// What a device is to the person.
pub fn loan_kind(language: Language, kind: LoanKind) -> &'static str {
    match kind {
        LoanKind::Primary => say::loan_primary(language),
        LoanKind::Loaner => say::loan_loaner(language),
        LoanKind::Extra => say::loan_extra(language),
    }
}

/// How it was signed.
pub fn signed_by(language: Language, by: SignedBy) -> &'static str {
    match by {
        SignedBy::Paper => say::signed_paper(language),
        SignedBy::External => say::signed_external(language),
        SignedBy::Screen => say::signed_screen(language),
    }
}

/// A grade with what it means.
pub fn grade(language: Language, grade: Grade) -> &'static str {
    match grade {
        Grade::A => say::grade_a(language),
        Grade::B => say::grade_b(language),
        Grade::C => say::grade_c(language),
        Grade::D => say::grade_d(language),
        Grade::E => say::grade_e(language),
    }
}

/// How a protocol that needs nobody else can be signed, to choose from: by nobody, on paper, elsewhere.
pub fn ways_to_sign(language: Language) -> Vec<Choice> {
    let ways = [SignedBy::Paper, SignedBy::External];
    [Choice::new("", say::signed_absent(language))]
        .into_iter()
        .chain(ways.map(|by| Choice::new(by.word(), signed_by(language, by))))
        .collect()
}

/// Every grade, to choose from.
pub fn grades(language: Language) -> Vec<Choice> {
    Grade::ALL.iter().map(|one| Choice::new(one.word(), grade(language, *one))).collect()
}

/// How a loan ended.
pub fn outcome(language: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fine => say::outcome_ok(language),
        Outcome::ItemsMissing => say::outcome_missing(language),
        Outcome::Damaged => say::outcome_damaged(language),
        Outcome::Lost => say::outcome_lost(language),
        Outcome::BoughtOut => say::outcome_bought(language),
        Outcome::Donated => say::outcome_donated(language),
    }
}

/// What the day is called on which a loan ended: its return, or its end without one.
pub fn ended(language: Language, outcome: Option<Outcome>) -> &'static str {
    if outcome.is_none_or(Outcome::is_return) {
        say::column_back(language)
    } else {
        settlements::column_ended(language)
    }
}

/// Why a device does not come back.
pub fn gone(language: Language, gone: Gone) -> &'static str {
    match gone {
        Gone::Lost => settlements::gone_lost(language),
        Gone::BoughtOut => settlements::gone_bought_out(language),
        Gone::Donated => settlements::gone_donated(language),
    }
}

/// What was reported.
pub fn incident(language: Language, kind: IncidentKind) -> &'static str {
    match kind {
        IncidentKind::Damage => say::incident_damage(language),
        IncidentKind::Theft => say::incident_theft(language),
        IncidentKind::Loss => say::incident_loss(language),
        IncidentKind::ClaimedReturned => say::incident_claimed(language),
        IncidentKind::ThirdPartyUse => say::incident_third(language),
        IncidentKind::Found => say::incident_found(language),
    }
}

/// What ends.
pub fn event(language: Language, kind: EventKind) -> &'static str {
    match kind {
        EventKind::CouncilTerm => say::event_term(language),
        EventKind::Mandate => say::event_mandate(language),
        EventKind::SchoolYear => say::event_school_year(language),
        EventKind::Enrolment => say::event_enrolment(language),
        EventKind::Durability => say::event_durability(language),
        EventKind::Guardianship => say::event_guardianship(language),
        EventKind::Other => say::event_other(language),
    }
}

/// On what ground somebody speaks for a minor.
pub fn basis(language: Language, basis: Basis) -> &'static str {
    match basis {
        Basis::Parent => say::basis_parent(language),
        Basis::LegalGuardian => say::basis_legal(language),
        Basis::FosterParent => say::basis_foster(language),
        Basis::Institution => say::basis_institution(language),
    }
}

/// Where a device is in its life.
pub fn state(language: Language, word: &str) -> &'static str {
    match word {
        "in_stock" => say::state_in_stock(language),
        "quarantine" => say::state_quarantine(language),
        "in_repair" => say::state_in_repair(language),
        "missing" => say::state_missing(language),
        "stolen" => say::state_stolen(language),
        "scrapped" => say::state_scrapped(language),
        "donated" => say::state_donated(language),
        _ => say::state_written_off(language),
    }
}

/// What was found before a hand-over, as a sentence.
pub fn finding(language: Language, found: &Found) -> String {
    let sentence = match &found.finding {
        Finding::NotSigned => say::found_not_signed(language).to_owned(),
        Finding::Ahead => say::found_ahead(language).to_owned(),
        Finding::NotInStock(word) => say::found_not_in_stock(language, state(language, word)),
        Finding::ToWipe => say::found_to_wipe(language).to_owned(),
        Finding::LentNow(who, since) => say::found_lent(language, &date::day(*since), who),
        Finding::LentThen(who, from, until) => {
            say::found_lent_then(language, &date::moment(*from), &date::moment(*until), who)
        }
        Finding::HasPrimary(number) => say::found_primary(language, number),
        Finding::OwnOverdue(count) => say::found_own_overdue(language, *count),
        Finding::OwesAccessories(count) => say::found_owes(language, *count),
        Finding::OpenIncident => say::found_incident(language).to_owned(),
        Finding::OtherProgramme => say::found_programme(language).to_owned(),
        Finding::LongAgo(days) => say::found_long_ago(language, *days),
        Finding::SiblingsOverdue(count) => say::found_siblings(language, *count),
    };
    match &found.item {
        Some(number) => format!("{number}: {sentence}"),
        None => sentence,
    }
}

/// The findings in a box for each weight.
pub fn findings(language: Language, found: &[Found]) -> AnyView {
    [
        (Weight::Impossible, Tone::Danger, say::weight_impossible(language)),
        (Weight::Confirm, Tone::Warning, say::weight_confirm(language)),
        (Weight::Alert, Tone::Info, say::weight_alert(language)),
    ]
    .map(|(weight, tone, title)| {
        let lines: Vec<String> = found
            .iter()
            .filter(|one| one.finding.weight() == weight)
            .map(|one| finding(language, one))
            .collect();
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
            view! { <Notice tone=tone title=title><ul>{lines}</ul></Notice> }
        })
    })
    .collect_view()
    .into_any()
}

fn label(language: Language, field: &str) -> String {
    match field {
        "purpose" => say::label_purpose(language),
        "signatory" => say::label_signatory(language),
        "name" => say::label_name(language),
        "representative" => say::label_representative(language),
        "email" => say::label_email(language),
        "code" => say::label_code(language),
        "items" => say::label_items(language),
        "due" | "due_on" => say::label_due_on(language),
        "event" => say::label_event(language),
        "notice_days" => say::label_notice(language),
        "reason" => say::label_reason(language),
        "on" => say::label_on(language),
        "born_on" => say::label_born_on(language),
        "guardian" => say::label_guardian(language),
        "since" => say::label_since(language),
        "ends_on" => say::label_ends_on(language),
        "happened_on" => say::label_happened_on(language),
        "description" => say::label_description(language),
        "police_ref" => say::label_police(language),
        "insurer_ref" => say::label_insurer(language),
        "assessed" => say::label_assessed(language),
        "cost" => say::label_cost(language),
        "settlement" => say::label_settlement(language),
        "gone" => settlements::label_gone(language),
        "incident" => settlements::label_incident(language),
        "document" => settlements::label_document(language),
        "price" => settlements::label_price(language),
        "how" => say::label_how(language),
        "person" => say::label_person(language),
        other => return other.to_owned(),
    }
    .to_owned()
}

/// What is wrong with a field, with the field's name.
pub fn sentence(language: Language, wrong: &FieldProblem) -> String {
    match (wrong.field, &wrong.problem) {
        ("code", Wrong::Unknown) => say::code_unknown(language).to_owned(),
        ("alt", Wrong::TooLong(_)) => words::papers::alt_too_long(language).to_owned(),
        ("signatory", Wrong::Missing) => say::signatory_missing(language).to_owned(),
        ("items", Wrong::Missing) => say::items_missing(language).to_owned(),
        ("due" | "due_on", Wrong::Missing) => say::due_missing(language).to_owned(),
        ("incident", Wrong::Missing) => settlements::incident_missing(language).to_owned(),
        ("incident", Wrong::Unknown) => settlements::incident_unfit(language).to_owned(),
        ("document", Wrong::Missing) => settlements::document_missing(language).to_owned(),
        (field, problem) => format!("{}: {}", label(language, field), field_sentence(language, problem)),
    }
}

/// What an area refused, as errors of a form. Errors: everything that is not a refusal of this form.
pub fn refusal(language: Language, error: Error) -> Result<FormErrors, Problem> {
    let mut errors = FormErrors::new();
    match error {
        Error::Invalid(wrong) => return Ok(refused::errors(&wrong, |one| sentence(language, one))),
        Error::Lent => errors.add("", say::refused_lent(language)),
        Error::HasPrimary => errors.add("", say::refused_primary(language)),
        Error::Reserved => errors.add("code", say::refused_reserved(language)),
        Error::NotInStock => errors.add("", say::refused_stock(language)),
        Error::Stays => errors.add("", say::refused_stays(language)),
        Error::SimTaken => errors.add("", words::register::sim_inside(language)),
        Error::Bound(until) => errors.add("", settlements::refused_bound(language, &day(until))),
        Error::NoticeGiven { on, until } => {
            errors.add("", settlements::notice_given(language, &day(on), &day(until)));
        }
        Error::ChangedMeanwhile(_) => errors.add("", say::refused_changed(language)),
        Error::Blanked => errors.add("", words::retention::refused_blanked(language)),
        other => return Err(other.into()),
    }
    Ok(errors)
}

/// A hidden field whose value makes the form count once, however often it is sent.
pub fn once_field(visit: &Visit) -> String {
    row_id(visit.tx.now()).to_string()
}

/// The field of `once_field`.
pub fn key_field(key: String) -> AnyView {
    view! { <HiddenField name="key" value=key/> }.into_any()
}

/// Where the form led when it came before; `None` the first time. A key that is none of ours counts as fresh.
pub async fn done_before(visit: &mut Visit, key: &str) -> Result<Option<String>, Problem> {
    if !(8..=100).contains(&key.len()) {
        return Ok(None);
    }
    Ok(match act::once::<String>(&mut visit.tx, key).await? {
        Once::First => None,
        Once::Again(path) => Some(path),
    })
}

/// Keeps where the form leads.
pub async fn remember(visit: &mut Visit, key: &str, path: &str) -> Result<(), Problem> {
    if (8..=100).contains(&key.len()) {
        act::remember(&mut visit.tx, key, &path).await?;
    }
    Ok(())
}

/// The rules of a due date as they are typed.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct TypedRules {
    /// A fixed day.
    pub due_on: String,
    /// An event.
    pub event: String,
    /// Days of notice.
    pub notice_days: String,
}

impl TypedRules {
    /// As the area takes them.
    pub fn rules(&self) -> Result<Rules, Error> {
        let notice = self.notice_days.trim();
        Ok(Rules {
            on_day: typed_day("due_on", &self.due_on)?,
            events: match self.event.as_str() {
                "" => Vec::new(),
                id => vec![id.parse().map_err(|_| Error::field("event", Wrong::Unknown))?],
            },
            notice_days: match notice {
                "" => None,
                days => Some(days.parse().map_err(|_| Error::field("notice_days", Wrong::Malformed))?),
            },
        })
    }

    /// The fields.
    pub fn fields(&self, language: Language, events: &[DueEvent], errors: &FormErrors) -> AnyView {
        let mut choices = vec![Choice::new("", say::no_event(language))];
        choices.extend(events.iter().map(|one| {
            let whose = one.person.as_ref().map(|(_, name)| format!(", {name}")).unwrap_or_default();
            let name = retention::told(language, &one.name);
            let text = format!("{name}{whose} ({})", due(language, one.ends_on));
            Choice::new(one.id.to_string(), text)
        }));
        view! {
            <Field name="due_on" kind=FieldKind::Date label=say::label_due_on(language) value=self.due_on.clone()
                error=errors.of("due_on").or_else(|| errors.of("due"))/>
            <Select name="event" label=say::label_event(language) hint=say::event_hint(language) choices=choices
                chosen=self.event.clone() error=errors.of("event")/>
            <Field name="notice_days" kind=FieldKind::Number min="0" max="366" label=say::label_notice(language)
                hint=say::notice_hint(language) value=self.notice_days.clone() error=errors.of("notice_days")/>
        }
        .into_any()
    }
}
