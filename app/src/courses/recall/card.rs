//! One question of the day's session on a page; after the answer what is right, and for a right one how it went. Every step is a form.
//! GET and POST /review/{card}, POST /review/{card}/rate.

use axum::extract::State;
use courses::QuestionId;
use courses::markdown::Places;
use courses::quiz::Explained;
use courses::recall::card::{self, Card, Given};
use courses::recall::{self as area, Rating, Today};
use identity::accommodation;
use leptos::prelude::*;
use words::{Language, frame, recall as say};

use super::HERE;
use crate::caller::Caller;
use crate::courses::quiz::controls::{self, Asked};
use crate::courses::quiz::{self, explain};
use crate::parts::{
    ActionLink, Actions, ButtonKind, FormErrors, HiddenField, Link, Notice, PageHead, PostForm, SubmitButton,
    Tone,
};
use crate::problem::{Answer, Problem};
use crate::refused;
use crate::request::{At, Posted};
use crate::state::App;
use crate::visit::{self, Visit};
use crate::way::trail;

/// What the form of a question holds beside the fields of the answer.
#[derive(Clone, Debug, Default)]
struct Typed {
    fields: Vec<(String, String)>,
    /// How often the question had been answered when the page was made.
    seen: i32,
    /// When the page was made, in seconds of Unix time.
    asked: i64,
    gives_up: bool,
    rating: Option<Rating>,
    /// How long the answer took, once that is known.
    seconds: i64,
}

impl Typed {
    fn read(posted: Vec<(String, String)>) -> Self {
        let mut typed = Self { seen: -1, ..Self::default() };
        for (name, value) in posted {
            match name.as_str() {
                "seen" => typed.seen = value.parse().unwrap_or(-1),
                "asked" => typed.asked = value.parse().unwrap_or(0),
                "seconds" => typed.seconds = value.parse().unwrap_or(0),
                "give_up" => typed.gives_up = true,
                "rating" => typed.rating = Rating::of(&value),
                _ => typed.fields.push((name, value)),
            }
        }
        typed
    }
}

/// GET: the question. One that is not to be asked now leads back to what is.
pub async fn show(State(app): State<App>, caller: Caller, At(id): At<QuestionId>) -> Answer {
    let mut visit = caller.open(&app).await?;
    let card = card::one(&mut visit.tx, id, visit.language.code()).await?;
    let today = area::today(&mut visit.tx).await?;
    if !card.is_due() || today.left == 0 {
        return Ok(visit::go(&app, HERE, ""));
    }
    let typed = Typed { seen: card.reviews, asked: visit.tx.now().unix_timestamp(), ..Typed::default() };
    ask(visit, card, today, typed, FormErrors::new()).await
}

async fn ask(mut visit: Visit, card: Card, today: Today, typed: Typed, errors: FormErrors) -> Answer {
    let places = card.places(&mut visit.tx).await?;
    let class = class(&mut visit).await?;
    let language = visit.language;
    let title = number(language, &today);
    visit.form(&title.clone(), errors, move |errors| {
        let shown = card.shown();
        let asked =
            Asked { shown: &shown, fields: &typed.fields, errors: &errors, places: &places, language };
        let question = controls::question(&asked);
        let (seen, made) = (typed.seen.to_string(), typed.asked.to_string());
        view! {
            {refused::summary(language, &errors)}
            {trail(language, up(language), &title)}
            <div class=class>
                <PageHead title=title.clone() kicker=card.course_title.clone()/>
                <PostForm action=format!("{HERE}/{}", card.id)>
                    <HiddenField name="seen" value=seen/>
                    <HiddenField name="asked" value=made/>
                    {question}
                    <Actions>
                        <SubmitButton label=say::check(language)/>
                        <SubmitButton
                            label=say::give_up(language)
                            kind=ButtonKind::Secondary
                            name="give_up"
                            value="1"
                        />
                    </Actions>
                </PostForm>
            </div>
        }
        .into_any()
    })
}

/// "Pytanie 3 z 7".
fn number(language: Language, today: &Today) -> String {
    let (at, of) = (today.done + 1, today.done + today.left);
    say::question_of(language, &at.to_string(), &of.max(at).to_string())
}

fn up(language: Language) -> Vec<Link> {
    vec![Link::new(frame::home(language), "/"), Link::new(say::title(language), HERE)]
}

async fn class(visit: &mut Visit) -> Result<&'static str, Problem> {
    let granted = accommodation::own(&mut visit.tx).await?;
    Ok(if granted.larger_type { "test larger" } else { "test" })
}

/// POST: what is right. An answer that is not wholly right counts at once; a right one when its person has said how it went.
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    At(id): At<QuestionId>,
    Posted(posted): Posted<Vec<(String, String)>>,
) -> Answer {
    let typed = Typed::read(posted);
    let mut visit = caller.open(&app).await?;
    let card = card::one(&mut visit.tx, id, visit.language.code()).await?.as_seen(typed.seen);
    let language = visit.language;
    let given = if typed.gives_up { Ok(None) } else { card.read(&typed.fields) };
    let errors = match &given {
        Ok(None) if !typed.gives_up => FormErrors::one("", say::nothing_answered(language)),
        Ok(_) => FormErrors::new(),
        Err(fault) => quiz::fault(language, fault),
    };
    let (Ok(given), true) = (given, errors.is_empty()) else {
        let today = area::today(&mut visit.tx).await?;
        return ask(visit, card, today, typed, errors).await;
    };
    let explained = card.explained(given.as_ref());
    let fields = given.as_ref().map(|given| card.fields(given)).unwrap_or_default();
    let counts = card.takes(typed.seen);
    let seconds = visit.tx.now().unix_timestamp().saturating_sub(typed.asked);
    let per_mille = explained.per_mille.unwrap_or(0);
    let right = per_mille == 1000;
    if !right && counts {
        let given = Given { seen: typed.seen, per_mille, rating: Rating::Again, seconds };
        card::record(&mut visit.tx, &card, &given).await?;
    }
    let today = area::today(&mut visit.tx).await?;
    let next = card::next(&mut visit.tx, &today).await?;
    let places = card.places(&mut visit.tx).await?;
    let class = class(&mut visit).await?;
    let rates = (right && counts).then_some(Typed { fields, seconds, ..typed });
    let title = say::answer(language);
    let page = Told { card, explained, places, right, counts, rates, next };
    visit
        .commit_and_page(title, move || {
            view! { {trail(language, up(language), title)}<div class=class>{page.view(language)}</div> }
                .into_any()
        })
        .await
}

/// POST: how it went; then the next question. The answer comes again with the form and is marked again, so that nobody has to be
/// believed.
pub async fn rate(
    State(app): State<App>,
    caller: Caller,
    At(id): At<QuestionId>,
    Posted(posted): Posted<Vec<(String, String)>>,
) -> Answer {
    let typed = Typed::read(posted);
    let mut visit = caller.open(&app).await?;
    let card = card::one(&mut visit.tx, id, visit.language.code()).await?.as_seen(typed.seen);
    let rating = typed.rating.ok_or(Problem::Malformed)?;
    let given = card.read(&typed.fields).map_err(|_| Problem::Malformed)?;
    let per_mille = card.explained(given.as_ref()).per_mille.unwrap_or(0);
    let given = Given { seen: typed.seen, per_mille, rating, seconds: typed.seconds };
    card::record(&mut visit.tx, &card, &given).await?;
    let today = area::today(&mut visit.tx).await?;
    let next = card::next(&mut visit.tx, &today).await?;
    let path = next.map_or_else(|| HERE.to_owned(), |next| format!("{HERE}/{next}"));
    visit.commit_and_go(&path, "").await
}

/// A question after its answer.
struct Told {
    card: Card,
    explained: Explained,
    places: Places,
    right: bool,
    /// Whether this answer was the one that counts.
    counts: bool,
    /// The form that asks how it went is filled in with this.
    rates: Option<Typed>,
    next: Option<QuestionId>,
}

impl Told {
    fn view(&self, language: Language) -> AnyView {
        let (tone, title) = if self.right {
            (Tone::Success, say::was_right(language))
        } else {
            (Tone::Warning, say::was_wrong(language))
        };
        let said = match (self.counts, self.right) {
            (false, _) => Some(say::counted_already(language)),
            (true, false) => Some(say::was_wrong_text(language)),
            (true, true) => None,
        };
        let said = said.map(|text| view! { <p>{text}</p> });
        let way = match &self.rates {
            Some(typed) => self.rating(language, typed),
            None => {
                let (label, href) = match self.next {
                    Some(next) => (say::next_question(language), format!("{HERE}/{next}")),
                    None => (say::to_end(language), HERE.to_owned()),
                };
                view! { <p><ActionLink label=label href=href/></p> }.into_any()
            }
        };
        view! {
            <PageHead title=say::answer(language) kicker=self.card.course_title.clone()/>
            <Notice tone=tone title=title>{said}</Notice>
            {explain::answered(language, 0, (&self.card.shown(), &self.explained), &self.places)}
            {way}
        }
        .into_any()
    }

    /// Three buttons of one form, which carries the answer along.
    fn rating(&self, language: Language, typed: &Typed) -> AnyView {
        let carried = typed
            .fields
            .iter()
            .map(|(name, value)| view! { <HiddenField name=name.clone() value=value.clone()/> })
            .collect_view();
        let button = |rating: Rating, label: &'static str, kind: ButtonKind| {
            view! { <SubmitButton label=label kind=kind name="rating" value=rating.word()/> }.into_any()
        };
        let hard = button(Rating::Hard, say::rating_hard(language), ButtonKind::Secondary);
        let good = button(Rating::Good, say::rating_good(language), ButtonKind::Primary);
        let easy = button(Rating::Easy, say::rating_easy(language), ButtonKind::Secondary);
        let (seen, seconds) = (typed.seen.to_string(), typed.seconds.to_string());
        view! {
            <PostForm action=format!("{HERE}/{}/rate", self.card.id)>
                <HiddenField name="seen" value=seen/>
                <HiddenField name="seconds" value=seconds/>
                {carried}
                <fieldset class="field" aria-describedby="how-hint">
                    <legend>{say::how_did_it_go(language)}</legend>
                    <p class="hint" id="how-hint">{say::how_hint(language)}</p>
                    <Actions>{good}{hard}{easy}</Actions>
                </fieldset>
            </PostForm>
        }
        .into_any()
    }
}
