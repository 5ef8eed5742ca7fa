//! Rendering as tables: what goes in, what comes out, and what must never come out.

use super::*;

fn places() -> Places {
    Places {
        media: HashMap::from([("media/a.png".to_owned(), "/m/a.png".to_owned())]),
        units: HashMap::from([("02-ustawa.md".to_owned(), "/courses/x/ustawa".to_owned())]),
        language: "pl".to_owned(),
    }
}

fn html(markdown: &str) -> String {
    render(markdown, &places()).html
}

fn faults(markdown: &str) -> Vec<(usize, Fault)> {
    render(markdown, &places()).findings.into_iter().map(|finding| (finding.line, finding.what)).collect()
}

#[test]
fn everything_a_unit_needs_is_rendered() {
    let all = "## Nagłówek\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![Opis](media/a.png)\n\n```html\n<p lang=\"pl\">\n```\n\n\
               $$\\frac{L_1+0{,}05}{L_2+0{,}05}$$\n\nTekst[^x] i [ustawa](02-ustawa.md#art).\n\n[^x]: Przypis.\n";
    let html = html(all);
    for part in [
        "<h2 id=\"naglowek\">Nagłówek</h2>",
        "<div class=\"scroller\" role=\"region\" tabindex=\"0\" aria-label=\"Tabela 1\"><table>",
        "</table></div>",
        "<th scope=\"col\">a</th>",
        "<td>2</td>",
        "<img src=\"/m/a.png\" alt=\"Opis\"",
        "<pre><code class=\"language-html\">&lt;p lang",
        "<mfrac>",
        "href=\"#przypis-1\"",
        "id=\"przypis-1\"",
        "href=\"/courses/x/ustawa#art\"",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert_eq!(faults(all), []);
}

#[test]
fn links_lead_to_headings_of_this_unit_and_of_others() {
    let text = "## Art. 5\n\n## Dział **drugi** `x`\n\n## Art. 5\n\n[a](#art-5) [b](02-ustawa.md#Część-II) [c](02-ustawa.md#art-5-2)";
    let html = html(text);
    for part in [
        "<h2 id=\"art-5\">",
        "<h2 id=\"dzial-drugi-x\">",
        "<h2 id=\"art-5-2\">",
        "href=\"#art-5\"",
        "href=\"/courses/x/ustawa#czesc-ii\"",
        "href=\"/courses/x/ustawa#art-5-2\"",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[test]
fn long_formulas_scroll_by_themselves_and_short_ones_stay_in_the_line() {
    let long = "a_1+a_2+a_3+a_4+a_5+a_6+a_7+a_8+a_9=x";
    let html = html(&format!("$$a=b$$\n\n$$ {long} $$\n\nTekst ${long}$ i $x$."));
    assert_eq!(html.matches("<math").count(), 4, "{html}");
    assert_eq!(html.matches("class=\"scroller\"").count(), 2, "{html}");
    assert!(
        html.contains("<span class=\"scroller\" role=\"group\" tabindex=\"0\" aria-label=\"Wzór 1\"><math")
    );
    assert!(
        html.contains("<span class=\"scroller\" role=\"group\" tabindex=\"0\" aria-label=\"Wzór 2\"><math")
    );
}

#[test]
fn script_in_any_dress_does_not_come_out() {
    for attack in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<iframe src=https://example.org></iframe>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](javascript:alert(1))",
        "<svg onload=alert(1)>",
        "<a href=\"java\nscript:alert(1)\">x</a>",
        "`</code><script>alert(1)</script>`",
        "[x]: javascript:alert(1)\n\n[x]",
        "<https://example.org/\"onmouseover=alert(1)>",
        "$\\href{javascript:alert(1)}{x}$",
        "$</math><script>alert(1)</script>$",
        "[^\"><script>]\n\n[^\"><script>]: x",
        "| <script>alert(1)</script> |\n|---|\n",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    ] {
        let html = html(attack);
        let tags: Vec<&str> = html.split('<').skip(1).collect();
        for tag in tags {
            let tag = tag.split('>').next().unwrap().to_lowercase();
            for bad in ["script", "iframe", "svg", "style", " on", "javascript:", "data:"] {
                assert!(!tag.contains(bad), "{attack} became {html}");
            }
        }
    }
}

#[test]
fn every_fault_is_named_with_its_line() {
    assert_eq!(faults("tekst\n\n![](media/a.png)"), [(3, Fault::PictureWithoutText("a.png".into()))]);
    assert_eq!(faults("![opis](media/b.png)"), [(1, Fault::NoSuchPicture("media/b.png".into()))]);
    assert_eq!(
        faults("![opis](https://example.org/x.png)"),
        [(1, Fault::NoSuchPicture("https://example.org/x.png".into()))]
    );
    assert_eq!(faults("# Tytuł"), [(1, Fault::TopHeading)]);
    assert_eq!(faults("## A\n\n#### B"), [(3, Fault::SkippedHeading { before: 2, now: 4 })]);
    assert_eq!(faults("### A"), [(1, Fault::SkippedHeading { before: 1, now: 3 })]);
    assert_eq!(faults("[x](99-nic.md)"), [(1, Fault::NoSuchUnit("99-nic.md".into()))]);
    assert_eq!(faults("[x](../etc/passwd)"), [(1, Fault::BadAddress("../etc/passwd".into()))]);
    assert_eq!(faults("a\n\n<div>x</div>\n"), [(3, Fault::Html)]);
    assert_eq!(faults("$\\nosuchcommand$"), [(1, Fault::BadFormula("\\nosuchcommand".into()))]);
}

#[test]
fn links_headers_and_languages_are_looked_at() {
    let all = "[tutaj](https://example.org) <https://example.org> [](https://example.org)\n\n\
               | | |\n|---|---|\n| 1 | 2 |\n\n|  | b |\n|---|---|\n| 1 | 2 |\n\n\
               The content of the page is easy to read for people with any device.\n";
    assert_eq!(
        faults(all),
        [
            (1, Fault::VagueLink("tutaj".into())),
            (1, Fault::BareAddress("https://example.org".into())),
            (1, Fault::LinkWithoutWords("https://example.org".into())),
            (3, Fault::TableWithoutHeader),
            (11, Fault::OtherLanguage("en")),
        ]
    );
    let picture = "[![Herb gminy](media/a.png)](https://example.org)";
    assert_eq!(faults(picture), []);
}

#[test]
fn a_marked_paragraph_says_its_language_and_nothing_else_comes_in_with_it() {
    let marked = "{en} The content of the page is easy to read for **people** with any device.";
    assert_eq!(faults(marked), []);
    let html = html(marked);
    assert!(html.contains("<p lang=\"en\">The content") && html.contains("</p>"), "{html}");
    for odd in ["{en\" onclick=\"x} a", "{zz} a", "{en}"] {
        let html = render(odd, &places()).html;
        assert!(!html.contains("lang="), "{odd} became {html}");
    }
}

#[test]
fn deep_and_long_text_is_rendered_in_its_stride() {
    let deep = render(&">".repeat(10_000), &places());
    assert!(deep.findings.iter().any(|finding| finding.what == Fault::TooDeep));
    let lists: String = (0..10_000).map(|depth| format!("{}- x\n", "  ".repeat(depth.min(300)))).collect();
    render(&lists, &places());
    render(&"[".repeat(50_000), &places());
    render(&"*a_ ".repeat(60_000), &places());
    render(&"$x".repeat(60_000), &places());
}
