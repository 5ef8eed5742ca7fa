//! Forms: fields with label, hint and error tied to the control, buttons, the error summary, the check page.
//! They post as plain HTML; what the server refused comes back as [`FormErrors`] with everything that was entered.

mod button;
mod check;
mod choices;
mod errors;
mod field;
mod file;
mod frame;
mod select;
mod textarea;

pub use button::{ActionLink, Actions, ButtonKind, SubmitButton};
pub use check::CheckPage;
pub use choices::{Checkbox, Checkboxes, Choice, Radios};
pub use errors::{ErrorSummary, FormErrors};
pub use field::{Field, FieldKind, HiddenField, PasswordField};
pub use file::FileField;
pub use frame::{Encoding, PostForm};
pub use select::Select;
pub use textarea::{TextArea, escape};
