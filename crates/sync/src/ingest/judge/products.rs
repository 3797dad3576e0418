//! Edits of products: group by group, on the version they were made on.
//!
//! Promises that an edit writes the groups it names and no other, that an edit on a version that
//! another till or head office has replaced changes nothing, and that both sides are then kept.

use std::collections::{BTreeMap, BTreeSet};

use protocol::body::{PriceSetV1, ProductEditedV1};
use protocol::conflict::{ConflictKind, ConflictSide};
use protocol::op::Envelope;
use protocol::outcome::OutcomeCode;
use uuid::Uuid;

use super::super::book::{Book, conflict_id};
use super::super::exceptions::NamedException;
use super::super::known::{ConflictNow, ProductNow};
use super::Verdict;
use crate::effects::{Effects, FieldGroup, GroupVersion, PastGroup, ProductFields, ProductWrite};

/// An edit as it was meant: what the product shall be in the groups that are named.
struct Edit<'a> {
    envelope: &'a Envelope,
    product: Uuid,
    created: bool,
    wanted: ProductFields,
    /// The groups with the versions they were made on.
    bases: BTreeMap<FieldGroup, u64>,
}

impl Edit<'_> {
    fn groups(&self) -> BTreeSet<FieldGroup> {
        self.bases.keys().copied().collect()
    }
}

impl Book<'_> {
    pub(super) fn judge_edit(
        &mut self,
        envelope: &Envelope,
        product: &ProductEditedV1,
    ) -> Result<Verdict, OutcomeCode> {
        let named = groups_named(envelope, product.product_id)?;
        let all = || FieldGroup::ALL.map(|group| (group, 0));
        let edit = Edit {
            envelope,
            product: product.product_id,
            created: product.created,
            wanted: ProductFields::from(product),
            bases: if product.created { all().into() } else { named },
        };
        let Some(now) = self.state.products.get(&edit.product).cloned() else {
            let groups = FieldGroup::ALL.into();
            let write = self.put_product(envelope, edit.product, edit.wanted, groups);
            return Ok(Verdict::accepted(write));
        };
        Ok(self.edit(&edit, &now))
    }

    /// A price alone. Of a product that the cloud does not hold there is nothing to set it on.
    pub(super) fn judge_price(
        &mut self,
        envelope: &Envelope,
        price: &PriceSetV1,
    ) -> Result<Verdict, OutcomeCode> {
        let named = groups_named(envelope, price.product_id)?;
        let now = self.state.products.get(&price.product_id).cloned();
        let now = now.ok_or(OutcomeCode::ApplyError)?;
        let base = named.get(&FieldGroup::Price).copied().unwrap_or(0);
        let edit = Edit {
            envelope,
            product: price.product_id,
            created: false,
            wanted: ProductFields {
                price_minor: price.price_minor,
                ..now.fields.clone()
            },
            bases: [(FieldGroup::Price, base)].into(),
        };
        Ok(self.edit(&edit, &now))
    }

    fn edit(&mut self, edit: &Edit<'_>, now: &ProductNow) -> Verdict {
        let same = |group: &FieldGroup| edit.wanted.group(*group) == now.fields.group(*group);
        let stale = |group: &FieldGroup, base: u64| {
            if cfg!(mutant = "last_write_wins") {
                return false;
            }
            edit.created
                || now
                    .groups
                    .get(group)
                    .is_some_and(|made| made.till != self.key.till && made.version > base)
        };
        let (mut fresh, mut agreed, mut disputed) = (BTreeSet::new(), false, false);
        for (group, base) in &edit.bases {
            if !stale(group, *base) {
                fresh.insert(*group);
            } else if same(group) {
                agreed = true;
            } else {
                disputed = true;
            }
        }
        if disputed || now.deleted {
            return self.edit_conflict(edit, now);
        }
        let entity = format!("product:{}", edit.product);
        if agreed {
            self.by_rule(NamedException::SameEdit, edit.envelope.op_id, &entity);
        }
        if fresh.is_empty() {
            return Verdict::accepted(Effects::default());
        }
        if self.others_moved_on(edit, now) {
            let rule = NamedException::OtherGroupsMerge;
            self.by_rule(rule, edit.envelope.op_id, &entity);
        }
        let mut fields = now.fields.clone();
        for group in &fresh {
            fields.take(*group, &edit.wanted);
        }
        Verdict::accepted(self.put_product(edit.envelope, edit.product, fields, fresh))
    }

    /// Whether somebody else changed a group that the edit does not name, after what it saw.
    fn others_moved_on(&self, edit: &Edit<'_>, now: &ProductNow) -> bool {
        let seen = edit.bases.values().max().copied().unwrap_or(0);
        let others = now.groups.iter();
        let mut others = others.filter(|(group, _)| !edit.bases.contains_key(group));
        others.any(|(_, made)| made.till != self.key.till && made.version > seen)
    }

    /// An edit of a version that is gone: the cloud's value stays, both sides are kept.
    fn edit_conflict(&mut self, edit: &Edit<'_>, now: &ProductNow) -> Verdict {
        let kind = ConflictKind::EditConflict;
        let code = OutcomeCode::EditConflict;
        let op_id = edit.envelope.op_id;
        let parts = [edit.product.as_bytes().as_slice(), op_id.as_bytes()];
        let id = conflict_id(kind, self.key, &parts);
        let groups = edit.groups();
        let made = groups.iter().filter_map(|group| now.groups.get(group));
        let made = made.max_by_key(|made| made.version).cloned();
        let mut theirs = made_by(&made.unwrap_or_default());
        theirs.fields = now.fields.groups(&groups);
        if now.deleted {
            theirs.fields.insert("deleted".to_owned(), true.into());
        }
        let row = ConflictNow {
            code: Some(code),
            title: Some(now.fields.name.clone()),
            mine: Some(self.side(edit.envelope, edit.wanted.groups(&groups))),
            theirs: Some(theirs),
            base: self.base_of(edit, now),
            ..self.row(kind, format!("product:{}", edit.product), op_id)
        };
        self.open(id, row);
        Verdict::told(code, id, Effects::default())
    }

    /// What both began from, as far as it is kept.
    fn base_of(&self, edit: &Edit<'_>, now: &ProductNow) -> Option<ConflictSide> {
        if edit.created {
            return None;
        }
        let mut base: Option<PastGroup> = None;
        for (group, version) in &edit.bases {
            let current = now
                .groups
                .get(group)
                .filter(|made| made.version <= *version);
            let known = match current {
                Some(made) => Some(PastGroup {
                    made: made.clone(),
                    fields: now.fields.group(*group),
                }),
                None => self
                    .state
                    .past
                    .get(&(edit.product, *group, *version))
                    .cloned(),
            };
            let Some(mut known) = known else { continue };
            if let Some(before) = base.take() {
                known.fields.extend(before.fields);
                if before.made.version > known.made.version {
                    known.made = before.made;
                }
            }
            base = Some(known);
        }
        base.map(|base| ConflictSide {
            fields: base.fields,
            ..made_by(&base.made)
        })
    }

    /// The product's row from now on, with these groups under the op's version.
    pub(super) fn put_product(
        &mut self,
        envelope: &Envelope,
        product: Uuid,
        fields: ProductFields,
        groups: BTreeSet<FieldGroup>,
    ) -> Effects {
        let made = GroupVersion {
            version: self.next_rv(),
            till: self.key.till,
            operator_name: self.operator_name(envelope),
            at_ms: Some(envelope.wall_ms),
        };
        let before = self.state.products.get(&product);
        let replaced = groups.iter().filter_map(|group| {
            let before = before?;
            let past = PastGroup {
                made: before.groups.get(group)?.clone(),
                fields: before.fields.group(*group),
            };
            Some((*group, past))
        });
        let replaced: BTreeMap<_, _> = replaced.collect();
        let mut versions = before.map(|now| now.groups.clone()).unwrap_or_default();
        versions.extend(groups.iter().map(|group| (*group, made.clone())));
        let now = ProductNow {
            fields: fields.clone(),
            deleted: false,
            groups: versions,
        };
        self.state.products.insert(product, now);
        for (group, past) in &replaced {
            let place = (product, *group, past.made.version);
            self.state.past.insert(place, past.clone());
        }
        let write = ProductWrite {
            product_id: product,
            fields,
            groups,
            replaced,
            operator_name: made.operator_name,
            at_ms: envelope.wall_ms,
        };
        Effects {
            product: Some(write),
            ..Effects::default()
        }
    }
}

/// The groups that an edit names, with the versions it was made on. A group that this program does
/// not know is a body it cannot read.
fn groups_named(
    envelope: &Envelope,
    product: Uuid,
) -> Result<BTreeMap<FieldGroup, u64>, OutcomeCode> {
    let entity = format!("product:{product}");
    let named = envelope.base.iter().filter(|base| base.entity == entity);
    named
        .map(|base| {
            let group = FieldGroup::from_word(&base.group);
            group
                .map(|group| (group, base.version))
                .ok_or(OutcomeCode::BodyUnreadable)
        })
        .collect()
}

fn made_by(made: &GroupVersion) -> ConflictSide {
    ConflictSide {
        till: Some(made.till).filter(|till| !till.is_nil()),
        till_name: None,
        operator_name: made.operator_name.clone(),
        at_ms: made.at_ms,
        fields: BTreeMap::new(),
    }
}
