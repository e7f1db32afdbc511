mod check;
mod get;
mod put;
