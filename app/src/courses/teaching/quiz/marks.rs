//! Marking an essay: points for each criterion, and a comment. POST
//! /teaching/{slug}/units/{unit_id}/test/results/{attempt}/mark.

use axum::extract::State;
use courses::quiz::attempt::Attempt;
use courses::quiz::mark as area;
use courses::quiz::results as found;
use courses::quiz::{Explained, ExplainedParts};
use courses::{AttemptId, Error, UnitId};
use leptos::prelude::*;
use words::{Language, quizzes as say};

use super::{open, results};
use crate::caller::Caller;
use crate::parts::{ButtonKind, Field, FieldKind, FormErrors, HiddenField, PostForm, SubmitButton, TextArea};
use crate::problem::{Answer, Problem, field_sentence};
use crate::request::{At, Posted};
use crate::state::App;

/// What was typed into the form of a mark.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    question: usize,
    points: Vec<String>,
    comment: String,
}

impl Typed {
    fn read(posted: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in posted {
            match name.as_str() {
                "question" => typed.question = value.parse().unwrap_or(0),
                name if name.starts_with("comment-") => typed.comment = value,
                name if name.starts_with("points-") => typed.points.push(value),
                _ => {}
            }
        }
        typed
    }
}

/// POST: keeps the mark as a step of the attempt.
pub async fn mark(
    State(app): State<App>,
    caller: Caller,
    At((slug, unit, id)): At<(String, UnitId, AttemptId)>,
    Posted(posted): Posted<Vec<(String, String)>>,
) -> Answer {
    let typed = Typed::read(posted);
    let (mut visit, proof, place) = open(&app, &caller, &slug, unit).await?;
    let (name, attempt) = found::one(&mut visit.tx, &proof, unit, id).await?;
    let language = visit.language;
    let points: Option<Vec<u16>> = typed.points.iter().map(|text| text.trim().parse().ok()).collect();
    let field = format!("points-{}-1", typed.question);
    let wrong = |sentence: &str| FormErrors::one(field.clone(), sentence);
    let Some(points) = points else {
        let errors = wrong(say::points_wrong(language));
        return results::page(visit, place, (name, attempt), Some(typed), errors).await;
    };
    let marked = area::mark(&mut visit.tx, &proof, id, typed.question, &points, &typed.comment).await;
    match marked {
        Ok(()) => {
            let path = format!("{}/results/{id}", place.path());
            visit.commit_and_go(&path, "test-marked").await
        }
        Err(Error::Invalid(problems)) => {
            let mut errors = FormErrors::new();
            for problem in problems {
                if problem.field == "comment" {
                    let sentence = field_sentence(language, &problem.problem);
                    errors.add(format!("comment-{}", typed.question), sentence);
                } else {
                    errors.add(field.clone(), say::points_wrong(language));
                }
            }
            results::page(visit, place, (name, attempt), Some(typed), errors).await
        }
        Err(error) => Err(Problem::from(error)),
    }
}

/// The form for the question at `number`; nothing for one that the program grades.
pub fn form(
    language: Language,
    path: &str,
    attempt: &Attempt,
    number: usize,
    typed: Option<&Typed>,
    errors: &FormErrors,
) -> AnyView {
    let (Some(Explained { parts: ExplainedParts::Essay { rubric, .. }, .. }), Some(shown)) =
        (attempt.explained(number), attempt.shown(number))
    else {
        return ().into_any();
    };
    let typed = typed.filter(|typed| typed.question == number);
    let mark = attempt.slot(number).and_then(|slot| slot.mark.clone());
    let criteria: Vec<(String, u16)> = if rubric.is_empty() {
        vec![(say::whole_essay(language).to_owned(), shown.points)]
    } else {
        rubric.into_iter().map(|one| (one.text, one.points)).collect()
    };
    let given = |at: usize| match (typed, &mark) {
        (Some(typed), _) => typed.points.get(at).cloned().unwrap_or_default(),
        (None, Some(mark)) => mark.points.get(at).map(u16::to_string).unwrap_or_default(),
        (None, None) => String::new(),
    };
    let comment = match (typed, &mark) {
        (Some(typed), _) => typed.comment.clone(),
        (None, Some(mark)) => mark.comment.clone(),
        (None, None) => String::new(),
    };
    let fields = criteria
        .into_iter()
        .enumerate()
        .map(|(at, (text, points))| {
            let name = format!("points-{number}-{}", at + 1);
            let hint = say::points_most(language, i64::from(points));
            view! {
                <Field
                    name=name.clone()
                    label=text
                    hint=hint
                    kind=FieldKind::Number
                    min="0"
                    max=points.to_string()
                    value=given(at)
                    error=errors.of(&name)
                />
            }
        })
        .collect_view();
    let name = format!("comment-{number}");
    let error = errors.of(&name);
    let label = say::mark_save(language);
    let subject = say::question_number(language, &number.to_string());
    view! {
        <PostForm action=format!("{path}/results/{}/mark", attempt.line.id)>
            <HiddenField name="question" value=number.to_string()/>
            {fields}
            <TextArea name=name label=say::comment_label(language) value=comment rows=3 error=error/>
            <SubmitButton label=label kind=ButtonKind::Secondary subject=subject/>
        </PostForm>
    }
    .into_any()
}
