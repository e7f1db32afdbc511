//! The program itself, in processes of its own.

mod account;
mod audit;
mod backup;
mod cleanup;
mod database;
mod demo;
mod examples;
mod exec;
mod keys;
mod migrate;
mod person;
mod recipes;
mod serve;
mod service;
mod shell;
mod token;
mod usage;
