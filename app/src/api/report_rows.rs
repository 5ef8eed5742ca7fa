//! The rows of reports of devices as clients get them.

use devices::loans::list;
use devices::reports::{cost, ending, summary};
use serde::Serialize;
use time::Date;
use utoipa::ToSchema;
use uuid::Uuid;

fn iso(day: Date) -> String {
    day.to_string()
}

/// The reports that there are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceReports {
    /// In the order of the pages.
    pub items: Vec<DeviceReport>,
}

/// A report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceReport {
    /// `units`, `programmes`, `models`, `overdue`, `warranty`, `plans` or `cost`.
    pub report: String,
    /// Its name in the language of the person.
    pub title: String,
    /// Whether it takes `within`.
    pub looks_ahead: bool,
    /// Its rows.
    pub rows: String,
    /// The same as CSV.
    pub csv: String,
    /// The same as a workbook.
    pub xlsx: String,
}

/// Devices of each unit, programme or model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountedDevices {
    /// The largest first.
    pub items: Vec<DeviceCount>,
    /// All of them.
    pub sum: DeviceCount,
}

/// Devices of one unit, programme or model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceCount {
    /// Its name; null for those without one, and for the sum.
    pub name: Option<String>,
    /// On the books.
    pub on_books: i64,
    /// With somebody.
    pub lent: i64,
    /// With somebody after the last day.
    pub overdue: i64,
    /// In stock.
    pub in_stock: i64,
    /// Put aside or at a workshop.
    pub in_repair: i64,
    /// Missing or stolen.
    pub missing: i64,
    /// What those on the books were bought for, in grosze.
    pub worth_grosze: i64,
}

impl From<summary::Line> for DeviceCount {
    fn from(line: summary::Line) -> Self {
        Self {
            on_books: line.on_books,
            lent: line.lent,
            overdue: line.overdue,
            in_stock: line.in_stock(),
            in_repair: line.in_repair,
            missing: line.missing,
            worth_grosze: line.worth_grosze,
            name: line.name,
        }
    }
}

/// Loans after their last day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverdueLoans {
    /// The longest overdue first, unless another order is asked for.
    pub items: Vec<OverdueLoan>,
    /// How many fit, on all pages.
    pub total: i64,
}

/// A loan after its last day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverdueLoan {
    /// The loan.
    pub loan_id: Uuid,
    /// Number of its agreement.
    pub agreement: String,
    /// The device.
    pub device_id: Uuid,
    /// Its number in the books.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// Who has it; null for an institution.
    pub person_id: Option<Uuid>,
    /// Their name.
    pub who: String,
    /// Their groups or classes.
    pub groups: Vec<String>,
    /// The last day (`2026-11-01`).
    pub due_on: Option<String>,
    /// Days since then.
    pub days_overdue: i32,
}

/// What ends soon or ended in the last thirty days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceEndings {
    /// The first to end first.
    pub items: Vec<DeviceEnding>,
}

/// A device whose warranty ends, or a card whose plan ends.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceEnding {
    /// The device or card.
    pub device_id: Uuid,
    /// Its number in the books.
    pub inventory_no: String,
    /// Maker and model.
    pub model: String,
    /// The purchase of a device; the plan of a card.
    pub of: Option<String>,
    /// The device that a card is in.
    pub inside: Option<String>,
    /// Telephone number of a card.
    pub phone_no: Option<String>,
    /// Who has it.
    pub holder: Option<String>,
    /// The last day (`2026-12-31`).
    pub ends_on: String,
    /// Days from today; below zero: so many days ago.
    pub days: i32,
}

/// What devices cost. Amounts are grosze.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceCosts {
    /// Purchases in the order of their days.
    pub items: Vec<PurchaseCost>,
    /// Who paid.
    pub payers: Vec<Payment>,
}

/// A purchase with all that it cost since.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PurchaseCost {
    /// Its name; null for devices without a purchase.
    pub name: Option<String>,
    /// Number of the invoice.
    pub invoice_no: String,
    /// When it was bought (`2020-05-11`).
    pub bought_on: Option<String>,
    /// Devices that came with it.
    pub devices: i64,
    /// Price of one.
    pub unit_price_grosze: Option<i64>,
    /// Price of all.
    pub price_grosze: i64,
    /// Repairs that were paid for.
    pub repairs_grosze: i64,
    /// Assessed damage.
    pub damage_grosze: i64,
}

/// What a programme paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Payment {
    /// The programme; null: nobody was written down.
    pub programme: Option<String>,
    /// What it paid.
    pub amount_grosze: i64,
}

impl From<list::Line> for OverdueLoan {
    fn from(line: list::Line) -> Self {
        Self {
            loan_id: line.loan.0,
            days_overdue: line.overdue_days().unwrap_or_default(),
            agreement: line.number,
            device_id: line.asset.0,
            inventory_no: line.inventory_no,
            model: line.model,
            person_id: line.person.map(|id| id.0),
            who: line.who,
            groups: line.groups,
            due_on: line.due_on.map(iso),
        }
    }
}

impl From<ending::Line> for DeviceEnding {
    fn from(line: ending::Line) -> Self {
        Self {
            device_id: line.asset.0,
            inventory_no: line.inventory_no,
            model: line.model,
            of: line.of,
            inside: line.inside,
            phone_no: line.phone_no,
            holder: line.holder,
            ends_on: iso(line.ends_on),
            days: line.days,
        }
    }
}

impl From<cost::Line> for PurchaseCost {
    fn from(line: cost::Line) -> Self {
        Self {
            price_grosze: line.price(),
            name: line.name,
            invoice_no: line.invoice_no,
            bought_on: line.bought_on.map(iso),
            devices: line.devices,
            unit_price_grosze: line.unit_price,
            repairs_grosze: line.repairs,
            damage_grosze: line.damage,
        }
    }
}

impl From<cost::Payer> for Payment {
    fn from(payer: cost::Payer) -> Self {
        Self { programme: payer.programme, amount_grosze: payer.amount }
    }
}
