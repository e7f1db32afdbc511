//! Processes die, freeze and hear each other; services fail, hang and answer
//! junk. Whatever happens: in the end the services have what the ledger says,
//! and the audit tells how it came about.

mod audit;
mod clock;
mod crash_points;
mod frozen;
mod kills;
mod late;
mod load;
mod outage;
mod together;
mod trial;
