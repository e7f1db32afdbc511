//! `domain::Portal`, each use case handed to its file: whoever was refused is
//! on record, and what may be asked for twice is done once.

mod access;
mod accounts;
mod audit;
mod batches;
mod drift;
mod people;
mod services;
mod teams;
mod tokens;
mod upkeep;
