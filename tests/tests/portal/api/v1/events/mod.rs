mod get;
mod verify;
