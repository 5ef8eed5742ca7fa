//! Mail transport: SMTP when a server is set, otherwise a folder of `.eml` files that a person can open.

use std::path::PathBuf;

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::db::Tx;
use crate::job::{self, Held, JobError};

/// The kind of job that sends one letter.
pub const JOB_KIND: &str = "mail";

/// A letter in plain text.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Letter {
    /// The receiver's address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// A letter of a kind that its receiver can refuse.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Posted {
    #[serde(flatten)]
    letter: Letter,
    /// The address that refuses further letters by one POST; empty when they always go.
    #[serde(default)]
    refuse: String,
}

/// How mail leaves this machine.
#[derive(Clone, Debug)]
pub enum MailSettings {
    /// Into a folder: nothing is sent.
    Folder(PathBuf),
    /// To an SMTP server (RFC 5321).
    Smtp {
        /// `smtps://user:password@host:465`, `smtp://host:587?tls=required` or `smtp://127.0.0.1:25`.
        url: String,
        /// The sender's address.
        from: String,
    },
}

/// Sends letters.
#[derive(Clone, Debug)]
pub struct Mailer {
    way: Way,
    from: Mailbox,
}

#[derive(Clone, Debug)]
enum Way {
    Folder(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

impl Mailer {
    /// Checks the settings; does not connect yet.
    ///
    /// Errors: a sentence that names the setting that is wrong.
    pub fn open(settings: &MailSettings) -> Result<Self, String> {
        match settings {
            MailSettings::Folder(folder) => {
                Ok(Self { way: Way::Folder(folder.clone()), from: mailbox("tablica@localhost.localdomain")? })
            }
            MailSettings::Smtp { url, from } => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .map_err(|error| format!("smtp_url is not well formed: {error}"))?;
                let builder =
                    match (std::env::var("TABLICA_SMTP_USER"), std::env::var("TABLICA_SMTP_PASSWORD")) {
                        (Ok(user), Ok(password)) => builder.credentials(Credentials::new(user, password)),
                        _ => builder,
                    };
                Ok(Self { way: Way::Smtp(builder.build()), from: mailbox(from)? })
            }
        }
    }

    /// Sends one letter; `id` makes the Message-ID, so that a letter sent twice is seen as one. `refuse`: where further ones are
    /// refused (RFC 2369, RFC 8058), empty when they cannot be.
    pub async fn send(&self, id: &str, letter: &Letter, refuse: &str) -> Result<(), JobError> {
        // An id of RFC 5322 §3.6.4 has no blank in it.
        let name: String =
            id.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        let fail = |what: String| JobError::Fail(format!("the letter cannot be written: {what}"));
        let mut builder = Message::builder();
        if !refuse.is_empty() {
            builder = builder
                .raw_header(named("List-Unsubscribe", format!("<{refuse}>")))
                .raw_header(named("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        let message = builder
            .from(self.from.clone())
            .to(mailbox(&letter.to).map_err(fail)?)
            .subject(letter.subject.replace(['\r', '\n'], " "))
            .message_id(Some(format!("<{name}@{}>", self.from.email.domain())))
            // Without it the type and the letters of the text mean nothing (RFC 2045 §4).
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|error| fail(error.to_string()))?;
        match &self.way {
            Way::Folder(folder) => {
                let write = async {
                    // Letters hold links that set passwords: they are for whoever runs the program.
                    tokio::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
                    // Whoever looks into the folder finds whole letters alone.
                    let part = folder.join(format!("{name}.part"));
                    tokio::fs::write(&part, message.formatted()).await?;
                    tokio::fs::rename(&part, folder.join(format!("{name}.eml"))).await
                };
                write.await.map_err(|error| JobError::Retry(format!("mail folder: {error}")))
            }
            Way::Smtp(transport) => match transport.send(message).await {
                Ok(_) => Ok(()),
                Err(error) if error.is_permanent() => Err(JobError::Fail(error.to_string())),
                Err(error) => Err(JobError::Retry(error.to_string())),
            },
        }
    }

    /// The handler of `JOB_KIND`.
    pub async fn run(self, task: crate::worker::Task) -> Result<(), JobError> {
        let posted: Posted = serde_json::from_value(task.held.args.clone())
            .map_err(|error| JobError::Fail(format!("no letter in the job: {error}")))?;
        self.send(&task.held.key, &posted.letter, &posted.refuse).await?;
        let mut tx = task.db.begin(&task.held.actor()).await?;
        task.held.finish(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// What to do when a letter could not be sent: it stays on the dead list.
    pub async fn give_up(db: crate::db::Db, held: Held, why: String) -> Result<(), JobError> {
        job::give_up(db, held, why).await
    }
}

fn named(name: &'static str, value: String) -> HeaderValue {
    // An address is ASCII already; encoding it would cut it in two.
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn mailbox(address: &str) -> Result<Mailbox, String> {
    address.parse().map_err(|error| format!("{address} is not an e-mail address: {error}"))
}

/// Queues a letter in the transaction of the act that causes it. `key` names the letter: the same key is sent once.
pub async fn post(tx: &mut Tx, key: &str, letter: &Letter) -> Result<(), sqlx::Error> {
    job::enqueue(tx, JOB_KIND, key, 8, letter).await
}

/// The same for a letter of a kind that its receiver can refuse: `refuse` is the address at which one POST does so.
pub async fn post_listed(tx: &mut Tx, key: &str, letter: &Letter, refuse: &str) -> Result<(), sqlx::Error> {
    let posted = Posted { letter: letter.clone(), refuse: refuse.to_owned() };
    job::enqueue(tx, JOB_KIND, key, 8, &posted).await
}

/// Keeps letters of these keys from going out when they still wait, because what they say does not hold any more; what stood in them is
/// forgotten.
pub async fn take_back(tx: &mut Tx, keys: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update job set state = 'cancelled', cancel_asked = true, ended_at = moment(), args = '{}'
         where kind = $1 and key = any($2) and state = 'waiting'",
        JOB_KIND,
        keys,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// How long a letter that could not be sent waits for somebody to look at it.
const DEAD_KEPT: time::Duration = time::Duration::days(90);

/// Forgets what stood in letters that could not be sent long ago; that they could not stays.
pub async fn forget_dead(db: &crate::db::Db) -> Result<(), sqlx::Error> {
    let mut tx = db.begin(&crate::actor::Actor::installation("mail")).await?;
    let since = tx.now() - DEAD_KEPT;
    sqlx::query!(
        "update job set args = '{}' where kind = $1 and state in ('dead', 'cancelled') and ended_at < $2 and args <> '{}'",
        JOB_KIND,
        since,
    )
    .execute(tx.connection())
    .await?;
    tx.commit().await
}
