//! Reports of devices, as rows and as files, for those who may read the register. Programmes have their real names for clerks
//! alone, as on the pages.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use devices::loans::list::{self, Filter, Order, Show};
use devices::privacy::{self, Viewed};
use devices::reports::cost;
use devices::reports::ending::{self, Ending};
use devices::reports::summary::{self, By, Line};
use devices::table::Notes;
use identity::{GroupId, Problem as Rule, SignedIn};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use words::Language;

use crate::api::call::{Bearer, Call};
use crate::api::given::Sought;
use crate::api::list::{PAGE, skip};
use crate::api::refusal::{Answer, Refusal};
use crate::api::report_rows::{
    CountedDevices, DeviceCosts, DeviceCount, DeviceEndings, DeviceReport, DeviceReports, OverdueLoans,
};
use crate::devices::download::{self, Form};
use crate::devices::reports::built::{self, Report};
use crate::devices::reports::page::{AHEAD, USUAL_AHEAD};
use crate::request::At;
use crate::state::App;

/// Most lines of a report.
const MOST: i64 = 10_000;

/// Which overdue loans.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SoughtOverdue {
    /// Parts of names, numbers, serials or models; every word must fit. Polish signs do not matter.
    pub q: Option<String>,
    /// Only members of this group or class.
    pub group: Option<Uuid>,
    /// `due` (without saying: the longest overdue first), `due_down` or `name`.
    pub order: Option<String>,
    /// Page of 50, from 1; without it all of them, ten thousand at most.
    #[param(minimum = 1)]
    pub page: Option<u32>,
}

/// How far a report looks ahead.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LooksAhead {
    /// Days: 30, 90 (without saying), 180 or 365.
    #[param(minimum = 30, maximum = 365, default = 90)]
    pub within: Option<i32>,
}

impl LooksAhead {
    fn days(&self) -> Result<i32, Refusal> {
        let days = self.within.unwrap_or(USUAL_AHEAD);
        if AHEAD.contains(&days) {
            return Ok(days);
        }
        Err(Refusal::field("within", Rule::Unknown))
    }
}

/// The language in which a person gets texts and files.
pub(super) fn language(call: &Call) -> Language {
    Language::from_code(&call.me.language).unwrap_or_default()
}

/// List the reports of devices
#[utoipa::path(
    get, path = "/api/v1/devices/reports", tag = "devices", operation_id = "listDeviceReports",
    responses((status = 200, description = "The reports", body = DeviceReports))
)]
pub async fn list(State(app): State<App>, bearer: Bearer) -> Answer {
    let call = bearer.open(&app).await?;
    call.me.devices_reader()?;
    let language = language(&call);
    let items = Report::ALL.map(|report| {
        let rows = format!("/api/v1/devices/reports/{}", report.word());
        DeviceReport {
            report: report.word().to_owned(),
            title: built::name(language, report).to_owned(),
            looks_ahead: report.looks_ahead(),
            csv: format!("{rows}/csv"),
            xlsx: format!("{rows}/xlsx"),
            rows,
        }
    });
    Ok(Json(DeviceReports { items: items.to_vec() }).into_response())
}

/// Writes down that a clerk reads the real names of protected programmes; commit before they are told.
async fn look(call: &mut Call) -> Result<(), Refusal> {
    if let Ok(clerk) = call.me.device_clerk()
        && privacy::any_protected(&mut call.tx, &clerk).await?
    {
        privacy::record(&mut call.tx, Viewed::Programmes, call.me.organisation.0).await?;
    }
    Ok(())
}

async fn counted(app: App, bearer: Bearer, by: By) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let clerk = call.me.device_clerk().ok();
    if by == By::Programme {
        look(&mut call).await?;
    }
    let lines = summary::lines(&mut call.tx, &proof, clerk.as_ref(), by).await?;
    call.tx.commit().await?;
    let sum = Line::sum(&lines).into();
    let items = lines.into_iter().map(DeviceCount::from).collect();
    Ok(Json(CountedDevices { items, sum }).into_response())
}

/// Count the devices of each unit
#[utoipa::path(
    get, path = "/api/v1/devices/reports/units", tag = "devices", operation_id = "reportUnits",
    responses((status = 200, description = "Devices by unit", body = CountedDevices))
)]
pub async fn units(State(app): State<App>, bearer: Bearer) -> Answer {
    counted(app, bearer, By::Unit).await
}

/// Count the devices of each programme
///
/// A protected programme has its real name for clerks alone.
#[utoipa::path(
    get, path = "/api/v1/devices/reports/programmes", tag = "devices", operation_id = "reportProgrammes",
    responses((status = 200, description = "Devices by programme", body = CountedDevices))
)]
pub async fn programmes(State(app): State<App>, bearer: Bearer) -> Answer {
    counted(app, bearer, By::Programme).await
}

/// Count the devices of each model
#[utoipa::path(
    get, path = "/api/v1/devices/reports/models", tag = "devices", operation_id = "reportModels",
    responses((status = 200, description = "Devices by model", body = CountedDevices))
)]
pub async fn models(State(app): State<App>, bearer: Bearer) -> Answer {
    counted(app, bearer, By::Model).await
}

/// List overdue loans
#[utoipa::path(
    get, path = "/api/v1/devices/reports/overdue", tag = "devices", operation_id = "reportOverdue", params(SoughtOverdue),
    responses((status = 200, description = "Loans after their last day", body = OverdueLoans))
)]
pub async fn overdue(
    State(app): State<App>,
    bearer: Bearer,
    Sought(sought): Sought<SoughtOverdue>,
) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let unknown = || Refusal::field("order", Rule::Unknown);
    let order = sought.order.map(|word| Order::from_word(&word).ok_or_else(unknown)).transpose()?;
    let filter = Filter {
        show: Show::Overdue,
        order: order.unwrap_or_default(),
        text: sought.q.unwrap_or_default(),
        group: sought.group.map(GroupId),
        skip: skip(sought.page),
        take: sought.page.map_or(MOST, |_| PAGE),
        ..Filter::default()
    };
    let (lines, total) = list::loans(&mut call.tx, &proof, &filter).await?;
    Ok(Json(OverdueLoans { items: lines.into_iter().map(Into::into).collect(), total }).into_response())
}

async fn ends(app: App, bearer: Bearer, ending: Ending, ahead: LooksAhead) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let lines = ending::lines(&mut call.tx, &proof, ending, ahead.days()?).await?;
    Ok(Json(DeviceEndings { items: lines.into_iter().map(Into::into).collect() }).into_response())
}

/// List warranties that end
#[utoipa::path(
    get, path = "/api/v1/devices/reports/warranty", tag = "devices", operation_id = "reportWarranty", params(LooksAhead),
    responses((status = 200, description = "Devices whose warranty ends", body = DeviceEndings))
)]
pub async fn warranty(State(app): State<App>, bearer: Bearer, Sought(ahead): Sought<LooksAhead>) -> Answer {
    ends(app, bearer, Ending::Warranty, ahead).await
}

/// List data plans that end
#[utoipa::path(
    get, path = "/api/v1/devices/reports/plans", tag = "devices", operation_id = "reportPlans", params(LooksAhead),
    responses((status = 200, description = "SIM cards whose plan ends", body = DeviceEndings))
)]
pub async fn plans(State(app): State<App>, bearer: Bearer, Sought(ahead): Sought<LooksAhead>) -> Answer {
    ends(app, bearer, Ending::Plan, ahead).await
}

/// List what devices cost
///
/// A protected programme has its real name for clerks alone.
#[utoipa::path(
    get, path = "/api/v1/devices/reports/cost", tag = "devices", operation_id = "reportCost",
    responses((status = 200, description = "Purchases and who paid", body = DeviceCosts))
)]
pub async fn costs(State(app): State<App>, bearer: Bearer) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let clerk = call.me.device_clerk().ok();
    look(&mut call).await?;
    let (lines, payers) = cost::lines(&mut call.tx, &proof, clerk.as_ref()).await?;
    call.tx.commit().await?;
    let items = lines.into_iter().map(Into::into).collect();
    let payers = payers.into_iter().map(Into::into).collect();
    Ok(Json(DeviceCosts { items, payers }).into_response())
}

async fn file(app: App, bearer: Bearer, report: &str, ahead: &LooksAhead, form: Form) -> Answer {
    let (mut call, proof) = bearer.open_as(&app, SignedIn::devices_reader).await?;
    let clerk = call.me.device_clerk().ok();
    let report = Report::from_word(report).ok_or(crate::Problem::NotFound)?;
    let (language, days, now) = (language(&call), ahead.days()?, call.tx.now());
    if matches!(report, Report::Programmes | Report::Cost) {
        look(&mut call).await?;
    }
    let built = built::build(&mut call.tx, &proof, clerk.as_ref(), language, report, days).await?;
    call.tx.commit().await?;
    Ok(download::tables(form, report.word(), &built.tables, &Notes::default(), now)?)
}

/// Get a report as CSV
///
/// UTF-8 with a mark, `;` between cells. In the language of the person.
#[utoipa::path(
    get, path = "/api/v1/devices/reports/{report}/csv", tag = "devices", operation_id = "getReportAsCsv",
    params(("report" = String, Path, example = "units"), LooksAhead),
    responses((status = 200, description = "The file", body = String, content_type = "text/csv"))
)]
pub async fn csv(
    State(app): State<App>,
    bearer: Bearer,
    At(report): At<String>,
    Sought(ahead): Sought<LooksAhead>,
) -> Answer {
    file(app, bearer, &report, &ahead, Form::Csv).await
}

/// Get a report as a workbook
#[utoipa::path(
    get, path = "/api/v1/devices/reports/{report}/xlsx", tag = "devices", operation_id = "getReportAsWorkbook",
    params(("report" = String, Path, example = "units"), LooksAhead),
    responses((status = 200, description = "The file", body = Vec<u8>,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
)]
pub async fn workbook(
    State(app): State<App>,
    bearer: Bearer,
    At(report): At<String>,
    Sought(ahead): Sought<LooksAhead>,
) -> Answer {
    file(app, bearer, &report, &ahead, Form::Workbook).await
}
