//! The statement in its legal form. Which sentence stands under which id: the map on top of `words/text/statement.toml`.

use identity::statement::{Conformance, Statement};
use leptos::prelude::*;
use words::{Language, identity as say, statement as legal};

use crate::date;
use crate::parts::{ActionLink, ButtonKind, PLACES, PageHead, SafeUrl, woven};

const OMBUDSMAN: &str = "https://bip.brpo.gov.pl/";

/// The whole statement. `change`: the reader may change it.
pub fn view(language: Language, organisation: &str, statement: &Statement, change: bool) -> AnyView {
    let act = change.then(|| {
        view! {
            <p class="page-actions">
                <ActionLink
                    label=say::statement_edit(language)
                    href="/organisation/statement"
                    kind=ButtonKind::Secondary
                />
            </p>
        }
    });
    view! {
        <PageHead title=legal::heading(language)/>
        {act}
        {opening(language, organisation, statement)}
        {status(language, statement)}
        {shortcomings(language, statement)}
        {preparation(language, statement)}
        <h2>{legal::comfort_heading(language)}</h2>
        <p>{legal::comfort_films(language)}</p>
        <p>{legal::comfort_scripts(language)}</p>
        <h2>{legal::shortcuts_heading(language)}</h2>
        <p>{legal::shortcuts(language)}</p>
        {contact(language, statement)}
        {procedure(language, statement)}
        {other(language, organisation, statement)}
    }
    .into_any()
}

fn opening(language: Language, organisation: &str, statement: &Statement) -> AnyView {
    let name = view! { <span id="a11y-podmiot">{organisation.to_owned()}</span> }.into_any();
    let scope = view! { <span id="a11y-zakres">{legal::intro_scope(language)}</span> }.into_any();
    let url = statement.url.trim().to_owned();
    let address = view! { <a id="a11y-url" href=SafeUrl::new(&url)>{url.clone()}</a> }.into_any();
    view! {
        <section id="a11y-wstep">
            <p>{woven(&legal::intro(language, PLACES[0], PLACES[1]), [name, scope])}</p>
            <p>{woven(&legal::intro_applies(language, PLACES[0]), [address])}</p>
            <ul>
                <li>
                    {woven(
                        &legal::published(language, PLACES[0]),
                        [day("a11y-data-publikacja", &statement.published)],
                    )}
                </li>
                <li>
                    {woven(
                        &legal::updated(language, PLACES[0]),
                        [day("a11y-data-aktualizacja", &statement.updated)],
                    )}
                </li>
            </ul>
        </section>
    }
    .into_any()
}

fn status(language: Language, statement: &Statement) -> AnyView {
    let sentence = match statement.conformance() {
        Conformance::Full => legal::status_full(language),
        Conformance::Partial => legal::status_partial(language),
        Conformance::None => legal::status_none(language),
    };
    view! { <h2>{legal::status_heading(language)}</h2><p id="a11y-status">{sentence}</p> }.into_any()
}

fn shortcomings(language: Language, statement: &Statement) -> Option<AnyView> {
    if statement.conformance() == Conformance::Full {
        return None;
    }
    let url = statement.costs_url.trim();
    let assessment = (!url.is_empty()).then(|| {
        let text = legal::content_costs_assessment(language);
        view! { <p><a id="a11y-ocena" href=SafeUrl::new(url)>{text}</a></p> }
    });
    let costs = part(legal::content_costs_heading(language), &statement.costs);
    let assessment = costs.is_some().then_some(assessment).flatten();
    Some(
        view! {
            <h2>{legal::content_heading(language)}</h2>
            {part(legal::content_annex_heading(language), &statement.exceptions)}
            {part(legal::content_outside_heading(language), &statement.outside)}
            {costs}
            {assessment}
        }
        .into_any(),
    )
}

/// A heading and a list of the lines; nothing when there are none.
fn part(heading: &'static str, lines: &str) -> Option<AnyView> {
    let lines: Vec<_> =
        lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if lines.is_empty() {
        return None;
    }
    let items = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    Some(view! { <h3>{heading}</h3><ul>{items}</ul> }.into_any())
}

fn preparation(language: Language, statement: &Statement) -> AnyView {
    let reviewed = (!statement.reviewed.trim().is_empty()).then(|| {
        let sentence = legal::reviewed(language, PLACES[0]);
        view! { <li>{woven(&sentence, [day("a11y-data-przeglad", &statement.reviewed)])}</li> }
    });
    let auditor = statement.auditor.trim().to_owned();
    let method = if auditor.is_empty() {
        legal::method_self(language).into_any()
    } else {
        let name = view! { <span id="a11y-audytor">{auditor}</span> }.into_any();
        woven(&legal::method_external(language, PLACES[0]), [name])
    };
    let report = statement.report_url.trim();
    let report = (!report.is_empty())
        .then(|| view! { <p><a href=SafeUrl::new(report)>{legal::method_report(language)}</a></p> });
    view! {
        <h2>{legal::preparation_heading(language)}</h2>
        <ul>
            <li>
                {woven(&legal::prepared(language, PLACES[0]), [day("a11y-data-sporzadzenie", &statement.drawn_up)])}
            </li>
            {reviewed}
        </ul>
        <p>{method}</p>
        {report}
        <p>{legal::method_standard(language)}</p>
    }
    .into_any()
}

fn contact(language: Language, statement: &Statement) -> AnyView {
    let person = statement.contact_person.trim().to_owned();
    let person = view! { <span id="a11y-kontakt"><span id="a11y-osoba">{person}</span></span> }.into_any();
    let address = statement.contact_email.trim().to_owned();
    let email = view! { <a id="a11y-email" href=mail(&address)>{address.clone()}</a> }.into_any();
    let number = statement.contact_phone.trim().to_owned();
    let phone = view! { <a id="a11y-telefon" href=telephone(&number)>{number.clone()}</a> }.into_any();
    view! {
        <h2>{legal::contact_heading(language)}</h2>
        <p>{woven(&legal::contact(language, PLACES[0], PLACES[1], PLACES[2]), [person, email, phone])}</p>
        <p>{legal::contact_right(language)}</p>
        <p>{legal::request_lead(language)}</p>
        <ul>
            <li>{legal::request_name(language)}</li>
            <li>{legal::request_reach(language)}</li>
            <li>{legal::request_place(language)}</li>
            <li>{legal::request_problem(language)}</li>
        </ul>
        <p>{legal::request_seven_days(language)}</p>
        <p>{legal::request_two_months(language)}</p>
        <p>{legal::request_alternative(language)}</p>
    }
    .into_any()
}

fn procedure(language: Language, statement: &Statement) -> AnyView {
    let address = [&statement.complaint_email, &statement.contact_email]
        .into_iter()
        .map(|address| address.trim())
        .find(|address| !address.is_empty())
        .unwrap_or_default()
        .to_owned();
    let email = view! { <a href=mail(&address)>{address.clone()}</a> }.into_any();
    let head = statement.head.trim().to_owned().into_any();
    let place = statement.address.trim().to_owned().into_any();
    let name = legal::procedure_ombudsman_name(language);
    let ombudsman = view! { <a href=OMBUDSMAN>{name}</a> }.into_any();
    view! {
        <section id="a11y-procedura">
            <h2>{legal::procedure_heading(language)}</h2>
            <p>{legal::procedure_refusal(language)}</p>
            <p>{legal::procedure_alternative(language)}</p>
            <p>{woven(&legal::procedure_where(language, PLACES[0], PLACES[1], PLACES[2]), [head, place, email])}</p>
            <p>{woven(&legal::procedure_ombudsman(language, PLACES[0]), [ombudsman])}</p>
        </section>
    }
    .into_any()
}

fn other(language: Language, organisation: &str, statement: &Statement) -> AnyView {
    let address = statement.contact_email.trim().to_owned();
    let email = |address: &str| {
        let (href, text) = (mail(address), address.to_owned());
        view! { <a href=href>{text}</a> }.into_any()
    };
    let number = || {
        let number = statement.contact_phone.trim().to_owned();
        view! { <a href=telephone(&number)>{number.clone()}</a> }.into_any()
    };
    let post = statement.address.trim().to_owned().into_any();
    let ways = legal::communication_ways(language, PLACES[0], PLACES[1], PLACES[2]);
    let sign_language = if statement.sign_language {
        legal::communication_sign_online(language).into_any()
    } else {
        woven(&legal::communication_sign_none(language, PLACES[0]), [email(&address)])
    };
    view! {
        <h2>{legal::other_heading(language)}</h2>
        <section id="a11y-aplikacje">
            <h3>{legal::apps_heading(language)}</h3>
            <p>{legal::apps_none(language)}</p>
        </section>
        <section id="a11y-architektura">
            <h3>{legal::building_heading(language)}</h3>
            {building(language, organisation, statement, number())}
        </section>
        <section id="a11y-komunikacja">
            <h3>{legal::communication_heading(language)}</h3>
            <p>{woven(&ways, [email(&address), number(), post])}</p>
            <p>{sign_language}</p>
        </section>
    }
    .into_any()
}

fn building(language: Language, organisation: &str, statement: &Statement, phone: AnyView) -> AnyView {
    let (text, url) =
        (statement.architecture.trim().replace("\r\n", "\n"), statement.architecture_url.trim());
    let link = (!url.is_empty()).then(|| {
        let text = legal::building_link(language, organisation, statement.address.trim());
        view! { <p><a id="a11y-architektura-url" href=SafeUrl::new(url)>{text}</a></p> }
    });
    if text.is_empty() && link.is_none() {
        let person = statement.contact_person.trim().to_owned().into_any();
        let sentence = legal::building_missing(language, PLACES[0], PLACES[1]);
        return view! { <p>{woven(&sentence, [person, phone])}</p> }.into_any();
    }
    let paragraphs = text
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| view! { <p>{paragraph.to_owned()}</p> })
        .collect_view();
    view! { {paragraphs}{link} }.into_any()
}

fn day(id: &'static str, day: &str) -> AnyView {
    let day = day.trim().to_owned();
    view! { <time id=id datetime=day.clone()>{date::spoken(&day)}</time> }.into_any()
}

fn mail(address: &str) -> SafeUrl {
    SafeUrl::from(format!("mailto:{address}"))
}

/// RFC 3966: digits after `tel:`, a leading `+` kept.
fn telephone(number: &str) -> String {
    let digits: String = number.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
    format!("tel:{digits}")
}
