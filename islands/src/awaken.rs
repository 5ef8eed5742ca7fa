//! The bridge from an island's HTML to its behaviour.
//!
//! On the server an island is an ordinary Leptos view. In the browser that HTML is there already, so nothing is built
//! and compared again: hydration hands the island's element to plain code, which finds the parts it needs by
//! `data-part`. Compiling the views into WASM as well was tried: 174 kB (brotli) instead of 99.

use leptos::tachys::html::attribute::{Attribute, any_attribute::AnyAttribute};
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Position, PositionState, Render, RenderHtml};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// A view without HTML of its own: it calls `wake` with the island's element, once.
pub struct Awaken {
    wake: Box<dyn FnOnce(Element) + Send>,
}

impl Awaken {
    /// `wake` gets the first element of what the server rendered for the island.
    pub fn new(wake: impl FnOnce(Element) + Send + 'static) -> Self {
        Self { wake: Box::new(wake) }
    }
}

impl Render for Awaken {
    type State = ();

    fn build(self) -> Self::State {}

    fn rebuild(self, _state: &mut Self::State) {}
}

impl AddAnyAttr for Awaken {
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self::Output<NewAttr>
    where
        Self::Output<NewAttr>: RenderHtml,
    {
        self
    }
}

impl RenderHtml for Awaken {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self::AsyncOutput {
        self
    }

    fn to_html_with_buf(
        self,
        _buf: &mut String,
        _position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, _position: &PositionState) -> Self::State {
        if let Some(first) = cursor.current().dyn_ref::<Element>().and_then(Element::first_element_child) {
            (self.wake)(first);
        }
    }

    fn into_owned(self) -> Self::Owned {
        self
    }
}
