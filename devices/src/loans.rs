//! Loans: agreements and their parties, handing over, taking back, when they are due, incidents and repairs.
