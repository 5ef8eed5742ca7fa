//! One question on a page: answered, saved, and on to another by buttons of the same form, so that nothing typed is lost.
//! GET and POST /courses/{slug}/{unit}/test/{attempt}/questions/{question}.

use axum::extract::State;
use courses::markdown::Places;
use courses::quiz::attempt::Attempt;
use courses::quiz::take::{self, Given};
use courses::quiz::{finish, pictures};
use courses::{AttemptId, Error};
use identity::accommodation;
use leptos::prelude::*;
use time::OffsetDateTime;
use words::{Language, frame, quizzes as say};

use super::autosave;
use super::controls::{self, Asked, certainty_of, certainty_word};
use crate::caller::Caller;
use crate::parts::{
    ActionLink, Actions, Breadcrumbs, ButtonKind, Checkbox, FormErrors, HiddenField, Link, Notice, PageHead,
    SubmitButton, Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::{self, Visit};

/// The longest essay, as a form encodes it.
pub const FORM_MOST_BYTES: usize = 1 << 20;

/// Where the page is: course, unit, attempt, question from 1.
pub type Place = (String, String, AttemptId, usize);

/// GET: the question.
pub async fn show(State(app): State<App>, caller: Caller, At((slug, unit, id, number)): At<Place>) -> Answer {
    let (visit, _, attempt) = super::open_attempt(&app, &caller, (&slug, &unit, id)).await?;
    if !attempt.is_open() || attempt.paused_at.is_some() {
        return Ok(visit::go(&app, &super::path(&slug, &unit, id), ""));
    }
    let typed = Typed::of(&attempt, number);
    Page { slug, unit, number, attempt, typed, over: false }.answer(visit, FormErrors::new()).await
}

/// What the form of a question holds.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The fields of the answer.
    fields: Vec<(String, String)>,
    certainty: String,
    flagged: bool,
    seen: i32,
    key: Option<String>,
    waited_ms: i64,
    act: String,
    go: Option<usize>,
}

impl Typed {
    fn of(attempt: &Attempt, number: usize) -> Self {
        let slot = attempt.slot(number).cloned().unwrap_or_default();
        Self {
            fields: attempt.fields(number),
            certainty: slot.answered.certainty.map(certainty_word).unwrap_or_default().to_owned(),
            flagged: slot.flagged,
            seen: slot.step,
            ..Self::default()
        }
    }

    /// The fields as they were posted. Errors: `Malformed` for a key that is none.
    pub fn read(posted: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut typed = Self::default();
        for (name, value) in posted {
            match name.as_str() {
                "certainty" => typed.certainty = value,
                "flagged" => typed.flagged = true,
                "seen" => typed.seen = value.parse().unwrap_or(0),
                "key" if (8..=100).contains(&value.len()) => typed.key = Some(value),
                "key" => return Err(Problem::Malformed),
                "waited_ms" => typed.waited_ms = value.parse().unwrap_or(0),
                "act" => typed.act = value,
                "go" => typed.go = value.parse().ok(),
                _ => typed.fields.push((name, value)),
            }
        }
        Ok(typed)
    }

    /// What is to be kept of it.
    pub fn given(&self, number: usize) -> Given {
        Given {
            position: number,
            fields: if self.act == "clear" { Vec::new() } else { self.fields.clone() },
            certainty: certainty_of(&self.certainty),
            flagged: Some(self.flagged),
            seen: self.seen,
            key: self.key.clone(),
            waited_ms: self.waited_ms,
        }
    }

    /// The page that the pressed button leads to.
    fn next(&self, attempt: &Attempt, path: &str, number: usize) -> String {
        let question = |number: usize| format!("{path}/questions/{number}");
        match (self.act.as_str(), self.go) {
            (_, Some(go)) if (1..=attempt.len()).contains(&go) => question(go),
            ("clear" | "stay", _) => question(number),
            ("back", _) if number > 1 => question(number - 1),
            ("review", _) => path.to_owned(),
            _ if number < attempt.len() => question(number + 1),
            _ => path.to_owned(),
        }
    }
}

/// POST: saves the answer, and on to the page that the pressed button names.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    At((slug, unit, id, number)): At<Place>,
    Posted(posted): Posted<Vec<(String, String)>, FORM_MOST_BYTES>,
) -> Answer {
    let typed = Typed::read(posted)?;
    let mut visit = caller.open(&app).await?;
    let taken = courses::find::course(&mut visit.tx, &visit.me, &slug).await?.for_taking()?;
    let pages = visit.language.code();
    let attempt = courses::quiz::attempt::one(&mut visit.tx, &taken, &unit, id, pages).await?;
    let path = super::path(&slug, &unit, id);
    match take::answer(&mut visit.tx, &attempt, &typed.given(number)).await {
        Ok(saved) => {
            let next = typed.next(&attempt, &path, number);
            visit.commit_and_go(&next, if saved.overtaken { "test-other-tab" } else { "" }).await
        }
        Err(Error::Resting) => Ok(visit::go(&app, &path, "test-resting")),
        Err(Error::BadAnswer(fault)) => {
            let errors = super::fault(visit.language, &fault);
            Page { slug, unit, number, attempt, typed, over: false }.answer(visit, errors).await
        }
        Err(Error::AttemptOver) => {
            // Ended now, with what was saved in time, if nobody did yet.
            finish::close_if_over(&mut visit.tx, id).await?;
            visit.tx.commit().await?;
            let visit = caller.open(&app).await?;
            let errors = FormErrors::one("", say::over(visit.language));
            Page { slug, unit, number, attempt, typed, over: true }.answer(visit, errors).await
        }
        Err(error) => Err(error.into()),
    }
}

struct Page {
    slug: String,
    unit: String,
    number: usize,
    attempt: Attempt,
    typed: Typed,
    /// The time ran out: what was typed is shown, and cannot be sent.
    over: bool,
}

impl Page {
    async fn answer(self, mut visit: Visit, errors: FormErrors) -> Answer {
        let places = pictures::places(&mut visit.tx, &self.attempt, &self.slug).await?;
        let places = Places { language: self.attempt.language_at(self.number).to_owned(), ..places };
        let granted = accommodation::own(&mut visit.tx).await?;
        if self.attempt.shown(self.number).is_none() {
            return Err(Problem::NotFound);
        }
        let (language, now) = (visit.language, visit.tx.now());
        let of = self.attempt.len().to_string();
        let title = say::question_of(language, &self.number.to_string(), &of);
        visit.form(&title.clone(), errors, move |errors| {
            let class = if granted.larger_type { "test larger" } else { "test" };
            let inside = self.view(language, &title, now, &places, &errors);
            view! { <div class=class>{inside}</div> }.into_any()
        })
    }

    fn save_url(&self) -> String {
        let path = super::path(&self.slug, &self.unit, self.attempt.line.id);
        format!("{path}/questions/{}/save", self.number)
    }

    fn view(
        &self,
        language: Language,
        title: &str,
        now: OffsetDateTime,
        places: &Places,
        errors: &FormErrors,
    ) -> AnyView {
        let Some(shown) = self.attempt.shown(self.number) else { return ().into_any() };
        let fields = &self.typed.fields;
        let asked = Asked { shown: &shown, fields, errors, places, language };
        let test = format!("/courses/{}/{}/test", self.slug, self.unit);
        let links = vec![Link::new(frame::home(language), "/"), Link::new(say::test(language), test)];
        let worth = say::points(language, i64::from(shown.points));
        let question = controls::question(&asked);
        let form = if self.over { self.over_view(language, question) } else { self.form(language, question) };
        let island = (!self.over).then(|| autosave::island(language, &self.attempt, &self.save_url(), now));
        let left = super::time_left(language, &self.attempt, now).filter(|_| !self.over);
        let left = left.map(|text| view! { <p class="test-time" data-part="time">{text}</p> });
        view! {
            {refused::summary(language, errors)}
            <Breadcrumbs label=frame::here(language) links=links here=title.to_owned()/>
            <PageHead title=title.to_owned() kicker=worth/>
            {left}
            {form}
            {island}
        }
        .into_any()
    }

    fn form(&self, language: Language, question: AnyView) -> AnyView {
        let path = super::path(&self.slug, &self.unit, self.attempt.line.id);
        let action = format!("{path}/questions/{}", self.number);
        let asks = self.attempt.settings.certainty;
        let certainty = asks.then(|| controls::certainty(language, certainty_of(&self.typed.certainty)));
        let last = self.number == self.attempt.len();
        let next = if last { say::save_and_check(language) } else { say::save_and_next(language) };
        let back = (self.number > 1).then(|| {
            view! {
                <SubmitButton label=say::save_and_back(language) kind=ButtonKind::Secondary name="act" value="back"/>
            }
        });
        let check = (!last).then(|| {
            view! {
                <SubmitButton
                    label=say::save_and_check(language)
                    kind=ButtonKind::Secondary
                    name="act"
                    value="review"
                />
            }
        });
        view! {
            <form id="question" class="form" method="post" action=action novalidate>
                <HiddenField name="seen" value=self.typed.seen.to_string()/>
                {question}
                {certainty}
                <Checkbox name="flagged" label=say::flag(language) checked=self.typed.flagged/>
                <Actions>
                    <SubmitButton label=next name="act" value="next"/>
                    {back}
                    <SubmitButton label=say::clear(language) kind=ButtonKind::Secondary name="act" value="clear"/>
                    {check}
                </Actions>
                {self.navigator(language)}
            </form>
        }
        .into_any()
    }

    /// Buttons, not links: going to another question saves this one.
    fn navigator(&self, language: Language) -> AnyView {
        let buttons = (1..=self.attempt.len())
            .map(|number| {
                let slot = self.attempt.slot(number).cloned().unwrap_or_default();
                let state = state(language, slot.is_answered(), slot.flagged);
                let class = match (slot.is_answered(), slot.flagged) {
                    (true, true) => "answered flagged",
                    (true, false) => "answered",
                    (false, true) => "flagged",
                    (false, false) => "",
                };
                let current = (number == self.number).then_some("step");
                let label = say::question_number(language, &number.to_string());
                let (number, shown) = (number.to_string(), number.to_string());
                view! {
                    <li>
                        <button
                            type="submit"
                            class=class
                            name="go"
                            value=number
                            aria-current=current
                            aria-label=format!("{label}, {state}")
                        >
                            {shown}
                        </button>
                    </li>
                }
            })
            .collect_view();
        view! {
            <fieldset class="test-navigator">
                <legend>{say::navigator(language)}</legend>
                <ol>{buttons}</ol>
                <p class="hint">{say::navigator_hint(language)}</p>
            </fieldset>
        }
        .into_any()
    }

    fn over_view(&self, language: Language, question: AnyView) -> AnyView {
        let path = super::path(&self.slug, &self.unit, self.attempt.line.id);
        view! {
            <Notice tone=Tone::Warning title=say::over_title(language)><p>{say::over_typed(language)}</p></Notice>
            <fieldset class="form" disabled>
                <legend class="visually-hidden">{say::over_legend(language)}</legend>
                {question}
            </fieldset>
            <p><ActionLink label=say::to_result(language) href=path/></p>
        }
        .into_any()
    }
}

/// "udzielono odpowiedzi, do sprawdzenia".
pub fn state(language: Language, answered: bool, flagged: bool) -> String {
    let answered = if answered { say::state_answered(language) } else { say::state_not_answered(language) };
    if flagged { format!("{answered}, {}", say::state_flagged(language)) } else { answered.to_owned() }
}
