mod get;
mod post;
mod slug;
mod visibility;
