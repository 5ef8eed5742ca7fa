//! What may stand in the HTML of a unit: elements, attributes, classes, addresses. Everything else is taken out.

use std::sync::LazyLock;

use ammonia::Builder;

/// MathML Core elements that the formula writer uses.
const MATH: [&str; 20] = [
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "mspace",
    "mfrac",
    "msqrt",
    "mroot",
    "msub",
    "msup",
    "msubsup",
    "munder",
    "mover",
    "munderover",
    "mtable",
    "mtr",
    "mtd",
];
const MATH_ATTRIBUTES: [&str; 22] = [
    "display",
    "mathvariant",
    "stretchy",
    "fence",
    "separator",
    "form",
    "lspace",
    "rspace",
    "minsize",
    "maxsize",
    "symmetric",
    "largeop",
    "movablelimits",
    "accent",
    "accentunder",
    "linethickness",
    "width",
    "height",
    "depth",
    "displaystyle",
    "scriptlevel",
    "columnalign",
];

/// The allow-list (OWASP ASVS 5.0, 1.3.1). Built once.
pub(super) static SAFE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut safe = Builder::empty();
    let tags = [
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "br",
        "hr",
        "em",
        "strong",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "img",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "sup",
        "div",
        "span",
    ];
    safe.add_tags(tags).add_tags(MATH);
    safe.add_tag_attributes("a", ["href", "title"])
        .add_tag_attributes("img", ["src", "alt", "title"])
        .add_tag_attributes("ol", ["start"])
        .add_tag_attributes("th", ["scope"])
        .add_tag_attributes("sup", ["id"])
        .add_tag_attributes("div", ["id", "aria-label"])
        .add_tag_attributes("span", ["aria-label"])
        .add_tag_attribute_values("div", "role", ["region"])
        .add_tag_attribute_values("span", "role", ["group"]);
    safe.add_tag_attribute_values("p", "lang", super::tongue::MARKS);
    for tag in ["div", "span"] {
        safe.add_tag_attribute_values(tag, "tabindex", ["0"]);
    }
    for tag in ["h2", "h3", "h4", "h5", "h6"] {
        safe.add_tag_attributes(tag, ["id"]);
    }
    for tag in MATH {
        safe.add_tag_attributes(tag, MATH_ATTRIBUTES);
    }
    safe.add_allowed_classes("sup", ["footnote-reference", "footnote-definition-label"])
        .add_allowed_classes("div", ["footnote-definition", "scroller"])
        .add_allowed_classes("span", ["scroller"])
        .add_allowed_classes(
            "code",
            [
                "language-html",
                "language-css",
                "language-text",
                "language-js",
                "language-rust",
                "language-python",
            ],
        )
        .url_schemes(["https", "http", "mailto", "tel"].into_iter().collect())
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"));
    safe
});
