//! What was refused in a form: the list that fields and the summary share, and the summary on top of the page.
//! Pattern: GOV.UK Design System, "Error summary".

use leptos::prelude::*;

/// Refused fields with their sentences, in the order of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// Nothing refused yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One thing refused: as [`Self::add`].
    pub fn one(name: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self(vec![(name.into(), sentence.into())])
    }

    /// Adds what is wrong with field `name` (its `name` in the form) and what to do about it; an empty name is for
    /// what concerns the whole form.
    pub fn add(&mut self, name: impl Into<String>, sentence: impl Into<String>) {
        self.0.push((name.into(), sentence.into()));
    }

    /// These and then others.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The first sentence about field `name`, for its `error` prop.
    pub fn of(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, sentence)| sentence.clone())
    }

    /// Every sentence, in the order of the form.
    pub fn sentences(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, sentence)| sentence.as_str())
    }

    /// True when nothing was refused.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many sentences there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// The summary of a refused form: put it first on the page, above the `h1`; it takes the focus when the page opens.
/// Renders nothing when nothing was refused.
#[component]
pub fn ErrorSummary(
    /// "Popraw dwa pola".
    #[prop(into)]
    title: String,
    /// What was refused; each sentence links to its field.
    errors: FormErrors,
) -> impl IntoView {
    if errors.is_empty() {
        return ().into_any();
    }
    let items = errors
        .0
        .into_iter()
        .map(|(field, sentence)| {
            if field.is_empty() {
                return view! { <li>{sentence}</li> }.into_any();
            }
            let href = format!("#{}", field_id(&field));
            view! { <li><a href=href>{sentence}</a></li> }.into_any()
        })
        .collect_view();
    view! {
        <div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title">
            <h2 id="error-summary-title">{title}</h2>
            <ul>{items}</ul>
        </div>
    }
    .into_any()
}

/// The id of the control of a field: its name with anything but letters, digits, `-` and `_` made `-`.
pub(super) fn field_id(name: &str) -> String {
    let plain = name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' });
    std::iter::once('f').chain(std::iter::once('-')).chain(plain).collect()
}
