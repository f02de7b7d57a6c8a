//! The machine that a pickle is a program for, with the instructions that lists of tensors need.

use std::collections::HashMap;
use std::rc::Rc;

use super::TensorRecord;
use super::reader::Reader;
use super::value::{Storage, Symbol, Tuple, Value};
use crate::archive::PickleError;

/// Longest tuple. The longest that PyTorch writes here are a tensor's six arguments.
const LONGEST_TUPLE: usize = 16;
/// Deepest nesting of tuples. PyTorch needs 1.
const DEEPEST: usize = 8;

/// Most storages, tensors and what is made for them: a hundred layers have 1,300 tensors, and four such
/// objects each. They hold copies of texts, and an instruction of two bytes can ask for one.
const MOST_OBJECTS: usize = 20_000;

type Records = Vec<(String, TensorRecord)>;

/// Stack, marks on it, and the values that were remembered by number.
pub(super) struct Machine<'a> {
    reader: Reader<'a>,
    stack: Vec<Rc<Value>>,
    marks: Vec<usize>,
    memo: HashMap<u32, Rc<Value>>,
    /// Where the current instruction stands.
    offset: usize,
    /// Storages, tensors and attributes made so far.
    objects: usize,
}

impl<'a> Machine<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(bytes),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
            offset: 0,
            objects: 0,
        }
    }

    /// Run to the end and return the module's tensors.
    pub fn run(mut self) -> Result<Records, PickleError> {
        loop {
            self.offset = self.reader.offset();
            let opcode = self.reader.byte()?;
            if opcode == b'.' {
                return self.stop();
            }
            self.step(opcode)?;
        }
    }

    /// One instruction; the names are those of Python's module pickletools.
    fn step(&mut self, opcode: u8) -> Result<(), PickleError> {
        match opcode {
            0x80 => self.reader.byte().map(drop),             // PROTO
            b'c' => self.global(),                            // GLOBAL
            b'(' => self.mark(),                              // MARK
            b'q' => self.remember(1),                         // BINPUT
            b'r' => self.remember(4),                         // LONG_BINPUT
            b'h' => self.recall(1),                           // BINGET
            b'j' => self.recall(4),                           // LONG_BINGET
            b'X' => self.text(),                              // BINUNICODE
            b'K' => self.unsigned(1),                         // BININT1
            b'M' => self.unsigned(2),                         // BININT2
            b'J' => self.signed(),                            // BININT
            0x8a => self.long(),                              // LONG1
            b')' => self.tuple_of(Vec::new()),                // EMPTY_TUPLE
            b't' => self.tuple(),                             // TUPLE
            b'}' => self.push(Value::Attributes(Vec::new())), // EMPTY_DICT
            0x88 | 0x89 | b'N' => self.push(Value::Plain),    // NEWTRUE, NEWFALSE, NONE
            b'Q' => self.storage(),                           // BINPERSID
            b'R' => self.reduce(),                            // REDUCE
            0x81 => self.new_object(),                        // NEWOBJ
            b'u' => self.set_items(),                         // SETITEMS
            b'b' => self.build(),                             // BUILD
            _ => Err(PickleError::Opcode {
                opcode,
                offset: self.offset,
            }),
        }
    }

    /// The one value left is the module, which BUILD replaced by its attributes.
    fn stop(mut self) -> Result<Records, PickleError> {
        let module = self.pop()?;
        match &*module {
            Value::Attributes(records) if self.stack.is_empty() => Ok(records.clone()),
            _ => Err(self.malformed()),
        }
    }

    fn malformed(&self) -> PickleError {
        PickleError::Malformed(self.offset)
    }

    fn count_objects(&mut self, made: usize) -> Result<(), PickleError> {
        self.objects += made;
        if self.objects > MOST_OBJECTS {
            return Err(PickleError::TooLarge(self.offset));
        }
        Ok(())
    }

    #[allow(clippy::unnecessary_wraps)] // so that it is an instruction like the others
    fn push(&mut self, value: Value) -> Result<(), PickleError> {
        self.stack.push(Rc::new(value));
        Ok(())
    }

    #[allow(clippy::unnecessary_wraps)]
    fn mark(&mut self) -> Result<(), PickleError> {
        self.marks.push(self.stack.len());
        Ok(())
    }

    /// The topmost value; those below a mark are out of reach.
    fn pop(&mut self) -> Result<Rc<Value>, PickleError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(self.malformed());
        }
        self.stack.pop().ok_or_else(|| self.malformed())
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Rc<Value>>, PickleError> {
        let mark = self.marks.pop().ok_or_else(|| self.malformed())?;
        Ok(self.stack.split_off(mark))
    }

    fn remember(&mut self, width: usize) -> Result<(), PickleError> {
        let key = self.reader.number(width)?;
        let top = self.stack.last().ok_or_else(|| self.malformed())?;
        self.memo.insert(key, Rc::clone(top));
        Ok(())
    }

    fn recall(&mut self, width: usize) -> Result<(), PickleError> {
        let key = self.reader.number(width)?;
        let value = self.memo.get(&key).ok_or_else(|| self.malformed())?;
        self.stack.push(Rc::clone(value));
        Ok(())
    }

    fn global(&mut self) -> Result<(), PickleError> {
        let (module, name) = (self.reader.line()?, self.reader.line()?);
        let symbol = Symbol::of(module, name);
        let symbol = symbol.ok_or_else(|| PickleError::Global(format!("{module}.{name}")))?;
        self.push(Value::Symbol(symbol))
    }

    fn text(&mut self) -> Result<(), PickleError> {
        let text = self.reader.text()?.to_owned();
        self.push(Value::Text(text))
    }

    fn unsigned(&mut self, width: usize) -> Result<(), PickleError> {
        let number = self.reader.number(width)?;
        self.push(Value::Integer(i64::from(number)))
    }

    fn signed(&mut self) -> Result<(), PickleError> {
        let number = self.reader.number(4)?.cast_signed();
        self.push(Value::Integer(i64::from(number)))
    }

    fn long(&mut self) -> Result<(), PickleError> {
        let number = self.reader.long()?;
        self.push(Value::Integer(number))
    }

    fn tuple(&mut self) -> Result<(), PickleError> {
        let items = self.pop_to_mark()?;
        self.tuple_of(items)
    }

    fn tuple_of(&mut self, items: Vec<Rc<Value>>) -> Result<(), PickleError> {
        let inner = items.iter().map(|item| item.depth()).max().unwrap_or(0);
        if items.len() > LONGEST_TUPLE || inner >= DEEPEST {
            return Err(PickleError::TooLarge(self.offset));
        }
        let depth = inner + 1;
        self.push(Value::Tuple(Tuple { items, depth }))
    }

    fn storage(&mut self) -> Result<(), PickleError> {
        self.count_objects(1)?;
        let storage = Storage::from_id(&*self.pop()?).ok_or_else(|| self.malformed())?;
        self.push(Value::Storage(storage))
    }

    /// What Python would call: `OrderedDict()`, the hooks of a tensor; or the making of a tensor.
    fn reduce(&mut self) -> Result<(), PickleError> {
        self.count_objects(1)?;
        let (arguments, function) = (self.pop()?, self.pop()?);
        let value = match (&*function, &*arguments) {
            (Value::Symbol(Symbol::OrderedDict), Value::Tuple(tuple)) => {
                tuple.items.is_empty().then_some(Value::Plain)
            }
            (Value::Symbol(Symbol::RebuildTensor), Value::Tuple(tuple)) => {
                TensorRecord::from_arguments(&tuple.items).map(Value::Tensor)
            }
            _ => None,
        };
        self.push(value.ok_or_else(|| self.malformed())?)
    }

    fn new_object(&mut self) -> Result<(), PickleError> {
        let (_arguments, class) = (self.pop()?, self.pop()?);
        match &*class {
            Value::Symbol(Symbol::Module) => self.push(Value::Plain),
            _ => Err(self.malformed()),
        }
    }

    /// The attributes of a module, in one instruction: tensors, and truth values that are no matter.
    fn set_items(&mut self) -> Result<(), PickleError> {
        let items = self.pop_to_mark()?;
        let target = self.pop()?;
        let (pairs, odd) = items.as_chunks();
        if !odd.is_empty() || !matches!(&*target, Value::Attributes(known) if known.is_empty()) {
            return Err(self.malformed());
        }
        self.count_objects(pairs.len())?;
        let mut records = Records::new();
        for [name, value] in pairs {
            match (&**name, &**value) {
                (Value::Text(name), Value::Tensor(record)) => {
                    records.push((name.clone(), record.clone()));
                }
                (Value::Text(_), Value::Plain) => {}
                _ => return Err(self.malformed()),
            }
        }
        self.push(Value::Attributes(records))
    }

    fn build(&mut self) -> Result<(), PickleError> {
        let (state, object) = (self.pop()?, self.pop()?);
        match (&*state, &*object) {
            (Value::Attributes(_), Value::Plain) => {
                self.stack.push(state);
                Ok(())
            }
            _ => Err(self.malformed()),
        }
    }
}
