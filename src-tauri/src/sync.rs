//! The Sync screen: what the window may ask about the way to the cloud.
//!
//! Each command is the facade's, under the same name.

#![expect(
    clippy::needless_pass_by_value,
    clippy::redundant_closure_for_method_calls,
    reason = "a command's arguments arrive owned, and each command reads like the others"
)]

use app::dto::{
    Approval, BundleMade, ConflictQuery, ConflictView, LeaveRequest, LogLine, LogQuery, PathStep,
    ProofView, QueueItemView, QueueQuery, SaleRow, SettleRequest, SyncOverview, TillStatus,
    ToolDone,
};
use app::{AppError, Uuid};
use tauri::State;

use crate::Shell;

type Answer<T> = Result<T, AppError>;

#[tauri::command(async)]
pub(crate) fn sync_now(shell: State<'_, Shell>) -> Answer<TillStatus> {
    shell.ask(|till| till.sync_now())
}

#[tauri::command(async)]
pub(crate) fn enrol(
    shell: State<'_, Shell>,
    cloud_url: String,
    code: String,
) -> Answer<TillStatus> {
    shell.ask(|till| till.enrol(cloud_url, code))
}

#[tauri::command(async)]
pub(crate) fn sync_overview(shell: State<'_, Shell>) -> Answer<SyncOverview> {
    shell.ask(|till| till.sync_overview())
}

#[tauri::command(async)]
pub(crate) fn needs_you(
    shell: State<'_, Shell>,
    query: ConflictQuery,
) -> Answer<Vec<ConflictView>> {
    shell.ask(|till| till.needs_you(query))
}

#[tauri::command(async)]
pub(crate) fn settle(
    shell: State<'_, Shell>,
    request: SettleRequest,
    approval: Option<Approval>,
) -> Answer<ConflictView> {
    shell.ask(|till| till.settle(request, approval))
}

#[tauri::command(async)]
pub(crate) fn queue(shell: State<'_, Shell>, query: QueueQuery) -> Answer<Vec<QueueItemView>> {
    shell.ask(|till| till.queue(query))
}

#[tauri::command(async)]
pub(crate) fn pause_sync(shell: State<'_, Shell>, paused: bool) -> Answer<TillStatus> {
    shell.ask(|till| till.pause_sync(paused))
}

#[tauri::command(async)]
pub(crate) fn retry_op(shell: State<'_, Shell>, op_id: Uuid) -> Answer<TillStatus> {
    shell.ask(|till| till.retry_op(op_id))
}

#[tauri::command(async)]
pub(crate) fn find_sale(shell: State<'_, Shell>, text: String) -> Answer<Vec<SaleRow>> {
    shell.ask(|till| till.find_sale(text))
}

#[tauri::command(async)]
pub(crate) fn proof(shell: State<'_, Shell>) -> Answer<ProofView> {
    shell.ask(|till| till.proof())
}

#[tauri::command(async)]
pub(crate) fn check_proof(shell: State<'_, Shell>) -> Answer<ProofView> {
    shell.ask(|till| till.check_proof())
}

#[tauri::command(async)]
pub(crate) fn sync_log(shell: State<'_, Shell>, query: LogQuery) -> Answer<Vec<LogLine>> {
    shell.ask(|till| till.sync_log(query))
}

#[tauri::command(async)]
pub(crate) fn support_bundle(shell: State<'_, Shell>, path: Option<String>) -> Answer<BundleMade> {
    shell.ask(|till| till.support_bundle(path))
}

#[tauri::command(async)]
pub(crate) fn rebuild_outbox(shell: State<'_, Shell>) -> Answer<ToolDone> {
    shell.ask(|till| till.rebuild_outbox())
}

#[tauri::command(async)]
pub(crate) fn reread_catalogue(shell: State<'_, Shell>) -> Answer<ToolDone> {
    shell.ask(|till| till.reread_catalogue())
}

#[tauri::command(async)]
pub(crate) fn salvage_file(shell: State<'_, Shell>, path: String) -> Answer<ToolDone> {
    shell.ask(|till| till.salvage_file(path))
}

#[tauri::command(async)]
pub(crate) fn export_vault(shell: State<'_, Shell>, path: String) -> Answer<ToolDone> {
    shell.ask(|till| till.export_vault(path))
}

#[tauri::command(async)]
pub(crate) fn test_path(shell: State<'_, Shell>) -> Answer<Vec<PathStep>> {
    shell.ask(|till| till.test_path())
}

#[tauri::command(async)]
pub(crate) fn leave_cloud(shell: State<'_, Shell>, request: LeaveRequest) -> Answer<ToolDone> {
    shell.ask(|till| till.leave_cloud(request))
}
