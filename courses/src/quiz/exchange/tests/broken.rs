//! Files that are broken, or are meant to break the reader.

use super::*;

#[test]
fn entities_and_document_types_are_refused() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE quiz [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<quiz>&b;</quiz>";
    assert_eq!(losses(&moodle::read(bomb).1), [(2, Loss::OwnEntities)]);
    let outside = "<!DOCTYPE quiz SYSTEM \"file:///etc/passwd\"><quiz/>";
    assert_eq!(losses(&moodle::read(outside).1), [(1, Loss::OwnEntities)]);
    let unknown = "<quiz>\n<question type=\"essay\"><name><text>&xxe;</text></name></question></quiz>";
    assert_eq!(losses(&moodle::read(unknown).1), [(2, Loss::OwnEntities)]);
    let in_attribute = "<quiz><question type=\"&xxe;\"/></quiz>";
    assert_eq!(moodle::read(in_attribute).1[0].what, Loss::BrokenXml);
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let large = "a".repeat(MOST_BYTES + 1);
    assert_eq!(losses(&moodle::read(&large).1), [(1, Loss::TooLarge(MOST_BYTES))]);
    assert_eq!(losses(&gift::read(&large).1), [(1, Loss::TooLarge(MOST_BYTES))]);
    let deep = format!("<quiz>{}", "<a>".repeat(100_000));
    assert_eq!(moodle::read(&deep).1[0].what, Loss::TooDeep);
    let many = format!("<quiz>{}</quiz>", "<a/>".repeat(300_001));
    assert_eq!(moodle::read(&many).1[0].what, Loss::TooDeep);
    let many = "Tak? {T}\n\n".repeat(MOST_QUESTIONS + 5);
    let (questions, lost) = gift::read(&many);
    assert_eq!((questions.len(), lost.len()), (MOST_QUESTIONS, 1));
    assert_eq!(lost[0].what, Loss::TooManyQuestions(MOST_QUESTIONS));
    let long = format!("{} {{T}}", "a ".repeat(MOST_QUESTION_BYTES));
    assert_eq!(losses(&gift::read(&long).1), [(1, Loss::TooLarge(MOST_QUESTION_BYTES))]);
}

/// Each of these would take hours if reading cost more than its length.
#[test]
fn hostile_texts_take_no_longer_than_others() {
    for piece in [
        "<",
        "<a ",
        "<b>",
        "&#1",
        "<!--",
        "{1:SA:",
        "{",
        "\\",
        "[[1]]",
        "[[a",
        "[[\n",
        "[[]]",
        "## \n",
        "- ( ) a\n",
        "Losuj: 1 z #a\n",
        "<ul><li>",
        "<p> ",
        "~%50%",
    ] {
        let text = piece.repeat(60_000 / piece.len());
        let _ = gift::read(&format!("[html]{text} {{=a}}"));
        let _ = gift::read(&format!("A {{{text}}}"));
        let cdata = format!("<questiontext format=\"html\"><text><![CDATA[{text}]]></text></questiontext>");
        let _ = moodle::read(&format!("<quiz><question type=\"cloze\">{cdata}</question></quiz>"));
        let _ = crate::quiz::file::read(&format!("## A\n{text}\n"));
        let _ = crate::quiz::file::read(&text);
        let _ = crate::quiz::file::read(&format!("## A\nTagi:{}", " #a".repeat(20_000)));
    }
}

#[test]
fn what_is_whole_before_a_break_is_kept() {
    let good = "<question type=\"shortanswer\"><name><text>A</text></name><questiontext format=\"markdown\"><text>A?</text></questiontext><answer fraction=\"100\"><text>a</text></answer></question>";
    let (questions, lost) =
        moodle::read(&format!("<quiz>\n{good}\n<question type=\"essay\">\n<name></quiz>"));
    assert_eq!(questions.len(), 1);
    assert_eq!(losses(&lost), [(4, Loss::BrokenXml)]);
    let (questions, lost) = moodle::read(&format!("<quiz>\n{good}\n<question type=\"essay\">\n<name>"));
    assert_eq!((questions.len(), &lost[0].what), (1, &Loss::BrokenXml));
    assert_eq!(losses(&moodle::read("").1), [(1, Loss::NotThisFormat)]);
    assert_eq!(losses(&moodle::read("## Pytanie").1), [(1, Loss::NotThisFormat)]);
    assert_eq!(losses(&moodle::read("<html/>").1), [(1, Loss::NotThisFormat)]);
    assert_eq!(losses(&moodle::read("<quiz>\n<answer/></quiz>").1), [(2, Loss::NotUnderstood)]);
}

#[test]
fn html_becomes_markdown_and_what_does_not_is_named() {
    let table: &[(&str, &str, &[Loss])] = &[
        ("<p>Raz <b>dwa </b>trzy</p><p>cztery</p>", "Raz **dwa** trzy\n\ncztery", &[]),
        ("a<br>b<br/>c", "a  \nb  \nc", &[]),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>d", "1. a\n2. b\n   - c\n\nd", &[]),
        ("<pre><code>a  &lt;b&gt;\n</code></pre>c", "```\na  <b>\n```\nc", &[]),
        ("<h3>T</h3><em>e</em> <code>k</code> &oacute;&#x105;&nbsp;!", "### T\n\n*e* `k` óą !", &[]),
        ("1 < 2 & 3 &unknown; <3", "1 < 2 & 3 &unknown; <3", &[]),
        ("<script>alert('x')</script>a<!-- b -->", "a", &[Loss::Markup("script".to_owned())]),
        ("<a href=\"javascript:x\">k</a>", "k", &[Loss::Markup("a".to_owned())]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b |", &[Loss::Table]),
        (
            "<img alt=\"Mapa &amp; plan\" src='@@PLUGINFILE@@/m.png'>",
            "(Mapa & plan)",
            &[Loss::Picture("m.png".to_owned())],
        ),
        ("<i></i>", "", &[]),
    ];
    for (html, markdown, lost) in table {
        assert_eq!(html::to_markdown(html), ((*markdown).to_owned(), lost.to_vec()), "{html}");
    }
}
