//! What stands on the machine's stack.

use std::rc::Rc;

use super::TensorRecord;

/// A value of the pickle.
#[derive(Debug)]
pub(super) enum Value {
    /// None, a truth value, an empty OrderedDict, or the module before it has attributes.
    Plain,
    Integer(i64),
    Text(String),
    Tuple(Tuple),
    Symbol(Symbol),
    Storage(Storage),
    Tensor(TensorRecord),
    /// The tensors of a module by name.
    Attributes(Vec<(String, TensorRecord)>),
}

/// A Python object that a list of tensors names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Symbol {
    /// The class of the module.
    Module,
    /// `torch._utils._rebuild_tensor_v2`
    RebuildTensor,
    /// `torch.FloatStorage` and its like.
    StorageKind(String),
    /// `collections.OrderedDict`
    OrderedDict,
}

/// Some values, and how deep they are nested, counting this tuple.
#[derive(Debug)]
pub(super) struct Tuple {
    pub items: Vec<Rc<Value>>,
    pub depth: usize,
}

/// A member of the archive with values.
#[derive(Debug)]
pub(super) struct Storage {
    key: String,
    kind: String,
    elements: usize,
}

impl Symbol {
    /// The symbol of a Python name; none for what a list of tensors does not need.
    pub fn of(module: &str, name: &str) -> Option<Self> {
        match (module, name) {
            ("torch._utils", "_rebuild_tensor_v2") => Some(Self::RebuildTensor),
            ("collections", "OrderedDict") => Some(Self::OrderedDict),
            ("torch", kind) if kind.ends_with("Storage") => {
                Some(Self::StorageKind(kind.to_owned()))
            }
            ("__torch__", _) => Some(Self::Module),
            (module, _) if module.starts_with("__torch__.") => Some(Self::Module),
            _ => None,
        }
    }
}

impl Storage {
    /// A storage from its persistent id: ("storage", kind, key, device, number of values).
    pub fn from_id(id: &Value) -> Option<Self> {
        let Value::Tuple(id) = id else { return None };
        let [tag, kind, key, _device, elements] = &id.items[..] else {
            return None;
        };
        match (&**tag, &**kind, &**key, &**elements) {
            (
                Value::Text(tag),
                Value::Symbol(Symbol::StorageKind(kind)),
                Value::Text(key),
                Value::Integer(elements),
            ) if tag == "storage" => Some(Self {
                key: key.clone(),
                kind: kind.clone(),
                elements: usize::try_from(*elements).ok()?,
            }),
            _ => None,
        }
    }
}

impl TensorRecord {
    /// A tensor from the arguments (storage, offset, shape, strides, requires_grad, hooks).
    pub(super) fn from_arguments(arguments: &[Rc<Value>]) -> Option<Self> {
        let [storage, offset, shape, strides, _requires_grad, _hooks] = arguments else {
            return None;
        };
        let (Value::Storage(storage), Value::Integer(offset)) = (&**storage, &**offset) else {
            return None;
        };
        Some(Self {
            storage: storage.key.clone(),
            kind: storage.kind.clone(),
            elements: storage.elements,
            offset: usize::try_from(*offset).ok()?,
            shape: shape.sizes()?,
            strides: strides.sizes()?,
        })
    }
}

impl Value {
    /// How deep tuples are nested in it.
    pub fn depth(&self) -> usize {
        match self {
            Self::Tuple(tuple) => tuple.depth,
            _ => 0,
        }
    }

    fn sizes(&self) -> Option<Vec<usize>> {
        let Self::Tuple(tuple) = self else {
            return None;
        };
        let size = |item: &Rc<Self>| match **item {
            Self::Integer(value) => usize::try_from(value).ok(),
            _ => None,
        };
        tuple.items.iter().map(size).collect()
    }
}
