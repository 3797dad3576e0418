//! What the house promises across its rooms, shown with real parts.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod a_fetch_gives_way;
mod a_hostile_line_loses_nothing;
mod a_no_names_what_to_do;
mod a_sale_arrives_once;
mod a_script_can_trust_the_exit_status;
mod a_stranger_can_talk_to_the_cloud;
mod heals_a_forked_run;
mod heals_on_postgresql;
mod heals_room;
mod heals_what_was_put_back;
mod leaves_and_is_salvaged;
mod nothing_is_lost_between_starts;
mod own_postgresql;
mod products_are_changed_at_the_till;
mod pulls_bring_the_shop;
mod real_invoices_are_rung;
mod stock_and_articles_are_a_scripts_too;
mod stock_is_moved_and_explained;
mod sync_screen_lets_go_of_what_is_settled;
mod sync_screen_settles_what_two_tills_disagree_on;
mod sync_screen_tells_the_truth;
mod the_disk_may_fail;
mod the_drawer_holds_what_it_should;
mod the_printer_never_undoes_a_sale;
mod upgrade_is_cut_short;
mod upgrade_loses_nothing;
