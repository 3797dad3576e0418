//! Seeds of catalogue files, as tills and spreadsheets write them.

use super::{Seed, seed};

pub(super) fn put(seeds: &mut Vec<Seed>) {
    let files: [(&str, &[u8]); 13] = [
        ("own", b"barcode,code,name,price,category,tax_class,unit\n5012345678900,T1,Tea,3.20,Drinks,standard,piece\n,C1,Cheese,13.20,,zero,kg\n"),
        ("off", b"barcode,gtin_type,check_digit_ok,product_name,alcohol_pct\n5012345678900,EAN-13,true,Tea,\n96385074,EAN-8,true,Milk,0\n"),
        ("semicolons", b"\xef\xbb\xbfname;barcodes;price\r\nTea;5012345678900|012345678905;3,20\r\nMilk;96385074;1.10\r\n"),
        ("tabs", b"name\tcode\tprice\nTea\tT1\t1,234.50\nMilk\tT2\t-1\n"),
        ("quotes", b"name,code\n\"Tea, \"\"green\"\"\",T1\n6\" pizza,T2\n\"lost,T3\n\"a\"b,T4\n"),
        ("blank-lines", b"\nname,code\n\nTea,T1\n   \nMilk,T2"),
        ("twice", b"name,code,name,colour\nTea,T1,Other,red\nGreen tea,T1,x,y\nTea,t1,x,y\n"),
        ("columns", b"name,code\nTea\nTea,T1,more\nTea,\n,T2\n"),
        ("not-utf-8", b"name,code\nCaf\xe9,T1\nTea,T2\n"),
        ("spellings", b"name,barcode\nTea,012345678905\nTea,0012345678905\nTea,00012345678905\nTea,012 3456 78905\n"),
        ("units", b"name,code,unit,tax_class\nTea,T1,PCS,\nMilk,T2,l,food\nRope,T3,m,zero\nAir,T4,barrel,zero\n"),
        ("control", b"name,code\nTea\x1bp\0,T\x011\nMilk\x0b2,\x7fT2\n"),
        ("no-header", b"5012345678900,Tea\n"),
    ];
    for (name, file) in files {
        seeds.push(seed("catalogue", name, [&[99][..], file].concat()));
    }
    let packed = zstd::bulk::compress(files[0].1, 3).expect("memory is packed");
    seeds.push(seed("catalogue", "packed", [&[99][..], &packed].concat()));
}
