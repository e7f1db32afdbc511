mod adopt;
mod delete;
mod ignore;
