//! Small doors into the browser: parts of an island, storage, scripts, timers, requests, durations in words.
//!
//! A browser that refuses something (no storage, no network) is answered, never panicked at. Properties are set by
//! name where a typed binding would only make the WASM bigger.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, EventTarget, HtmlElement, RequestInit, Response, Window};

/// The window. Islands run nowhere else.
pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// The page.
pub fn document() -> Document {
    get(&window(), "document").unchecked_into()
}

/// The part of an island that carries `data-part="name"`.
pub fn part(root: &Element, name: &str) -> Option<HtmlElement> {
    root.query_selector(&format!("[data-part={name}]")).ok()?.map(JsCast::unchecked_into)
}

/// Writes a text into a part.
pub fn write(root: &Element, name: &str, text: &str) {
    put(root, name, "textContent", &text.into());
}

/// Shows or hides a part.
pub fn show(root: &Element, name: &str, shown: bool) {
    put(root, name, "hidden", &(!shown).into());
}

/// Sets a property of a part.
pub fn put(root: &Element, name: &str, property: &str, value: &JsValue) {
    if let Some(part) = part(root, name) {
        set(&part, property, value);
    }
}

/// Sets an attribute of a part.
pub fn mark(root: &Element, name: &str, attribute: &str, value: &str) {
    if let Some(part) = part(root, name) {
        let _ = part.set_attribute(attribute, value);
    }
}

/// Calls `heard` for every event `name` at `target`, as long as the page lives.
pub fn listen(target: &EventTarget, name: &str, heard: impl FnMut(web_sys::Event) + 'static) {
    let heard = Closure::<dyn FnMut(web_sys::Event)>::new(heard).into_js_value();
    let _ = target.add_event_listener_with_callback(name, heard.unchecked_ref());
}

/// The element under an event, or the nearest around it that fits `selector`.
pub fn target(event: &web_sys::Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_ref::<Element>()?.closest(selector).ok()?
}

/// Calls `work` once, after so many milliseconds.
pub fn after(milliseconds: i32, work: impl FnOnce() + 'static) {
    let work = Closure::once_into_js(work);
    let _ =
        window().set_timeout_with_callback_and_timeout_and_arguments_0(work.unchecked_ref(), milliseconds);
}

/// Milliseconds since some fixed moment.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Remembers a text in this browser under `tablica.<name>`; an empty one forgets it.
pub fn remember(name: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let key = format!("tablica.{name}");
        let _ = if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) };
    }
}

/// What this browser remembers under `tablica.<name>`; empty when nothing.
pub fn recall(name: &str) -> String {
    let storage = window().local_storage().ok().flatten();
    storage
        .and_then(|storage| storage.get_item(&format!("tablica.{name}")).ok().flatten())
        .unwrap_or_default()
}

/// What this browser remembers under names that begin so, with these names and in their order.
pub fn recall_all(beginning: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    if let Ok(Some(storage)) = window().local_storage() {
        for key in Object::keys(&storage).iter().filter_map(|key| key.as_string()) {
            if let Some(name) = key.strip_prefix("tablica.").filter(|name| name.starts_with(beginning)) {
                found.push((name.to_owned(), recall(name)));
            }
        }
    }
    found.sort();
    found
}

/// Loads a classic script that makes the global `name`; answers whether that exists now.
pub async fn load_script(url: &str, name: &str) -> bool {
    if get(&window(), name).is_undefined() {
        let loaded = js_sys::Promise::new(&mut |resolve, reject| {
            let Ok(script) = document().create_element("script") else { return };
            set(&script, "src", &url.into());
            set(&script, "onload", &resolve);
            set(&script, "onerror", &reject);
            let _ = document().head().is_some_and(|head| head.append_child(&script).is_ok());
        });
        let _ = JsFuture::from(loaded).await;
    }
    !get(&window(), name).is_undefined()
}

/// One request to our own server; `None` when no answer came. `body` goes with its content type as a POST.
pub async fn request(url: &str, body: Option<(&str, &str)>) -> Option<Response> {
    let init = RequestInit::new();
    if let Some((content_type, body)) = body {
        let headers = Object::new();
        set(&headers, "content-type", &content_type.into());
        set(&init, "method", &"POST".into());
        set(&init, "body", &body.into());
        set(&init, "headers", &headers);
        // Lets the browser finish a small request after the page is gone; larger ones it would refuse.
        set(&init, "keepalive", &(body.len() < 30_000).into());
    }
    JsFuture::from(window().fetch_with_str_and_init(url, &init)).await.ok()?.dyn_into().ok()
}

/// The body of an answer as text; empty when it broke off.
pub async fn text_of(answer: &Response) -> String {
    let Ok(text) = answer.text() else { return String::new() };
    JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A duration in full words of the page's language, such as `2 minuty 5 sekund`. The browser knows the plurals.
pub fn in_words(seconds: u32) -> String {
    let language =
        document().document_element().and_then(|html| html.get_attribute("lang")).unwrap_or_default();
    let units = [(seconds / 3600, "hour"), (seconds / 60 % 60, "minute"), (seconds % 60, "second")];
    let mut words = String::new();
    for (amount, unit) in units {
        if amount == 0 && (unit != "second" || !words.is_empty()) {
            continue;
        }
        let options = Object::new();
        set(&options, "style", &"unit".into());
        set(&options, "unit", &unit.into());
        set(&options, "unitDisplay", &"long".into());
        let shown = call(&amount.into(), "toLocaleString", &[language.as_str().into(), options.into()]);
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&shown.as_string().unwrap_or_default());
    }
    words
}

/// 32 hexadecimal digits from the browser's source of randomness.
pub fn random_key() -> String {
    let bytes = js_sys::Uint8Array::new_with_length(16);
    call(&get(&window(), "crypto"), "getRandomValues", &[bytes.clone().into()]);
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.to_vec().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A property of a JavaScript value; `undefined` when there is none.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is a text; empty when it is not.
pub fn get_text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

/// Sets a property of a JavaScript value.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}

/// A new object of the browser's class of that name; `undefined` when there is none or it refuses.
pub fn make(class: &str, arguments: &[JsValue]) -> JsValue {
    let (class, arguments) = (get(&window(), class), arguments.iter().collect::<Array>());
    let made = class.dyn_ref::<Function>().and_then(|class| Reflect::construct(class, &arguments).ok());
    made.unwrap_or(JsValue::UNDEFINED)
}

/// Calls a method of a JavaScript value; `undefined` when it does not exist or throws.
pub fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> JsValue {
    let arguments: Array = arguments.iter().collect();
    // Numbers and strings have methods too, but Reflect wants an object around them.
    let boxed = get(&js_sys::global(), "Object").unchecked_into::<Function>().call1(object, object);
    match get(&boxed.unwrap_or(JsValue::UNDEFINED), name).dyn_ref::<Function>() {
        Some(method) => Reflect::apply(method, object, &arguments).unwrap_or(JsValue::UNDEFINED),
        None => JsValue::UNDEFINED,
    }
}
