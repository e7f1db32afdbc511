mod export;
mod get;
mod verify;
