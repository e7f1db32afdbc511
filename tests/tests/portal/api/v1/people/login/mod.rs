mod invitation;
mod patch;
