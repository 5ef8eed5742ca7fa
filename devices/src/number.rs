//! Numbers that people write on paper: `UZ/12/2026`. One series has no gap: its row is held until the transaction ends.

use base::Tx;

/// The next number of a series in a year, as `SERIES/number/year`.
pub async fn next(tx: &mut Tx, series: &str, year: i16) -> Result<String, sqlx::Error> {
    let organisation = tx.organisation()?;
    let last = sqlx::query_scalar!(
        "insert into number_series (organisation_id, series, year, last) values ($1, $2, $3, 1)
         on conflict (organisation_id, series, year) do update set last = number_series.last + 1
         returning last",
        organisation.0,
        series,
        year,
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(format!("{series}/{last}/{year}"))
}
