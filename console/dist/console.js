var T,Pn,Ht,ue,Vt,st,Dn,rt,Rn,Ut,It,Mn,Le=Symbol.for("pv"),at={},lt=[],ui=/^m(i|n|o|s|text|space)$/,Ft=Array.isArray,Bt=lt.slice,ye=Object.assign;function he(e){e&&e.parentNode&&e.remove()}function Ve(e,t,n){var o,r,i,s={},a=arguments.length;for(i in t)i=="key"?o=t[i]:i=="ref"&&typeof e!="function"?r=t[i]:s[i]=t[i];return a>2&&(s.children=a>3?Bt.call(arguments,2):n),Ne(e,s,o,r,null)}function Ne(e,t,n,o,r){var i={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Le,__v:r||++Pn,__i:-1,__u:0};return!r&&T.vnode&&T.vnode(i),i}function ve(e){return e.children}function ge(e,t){this.props=e,this.context=t,this.__g=0}function de(e,t){if(t==null)return e.__&&de(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:de(e)}function di(e){var t,n=e.__v,o=n.__e,r=[],i=[],s=e.__P;s&&((t=ye({constructor:Le},n)).__v=n.__v+1,T.vnode&&T.vnode(t),zt(s,t,n,e.__n,s.namespaceURI,32&n.__u?[o]:null,r,o||de(n),32&n.__u,i),t.__v=n.__v,t.__.__k[t.__i]=t,Wn(r,t,i),n.__=n.__e=null,t.__e!=o&&An(t))}function An(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),An(e)}function Wt(e){(8&e.__g||(e.__g|=8,ue.push(e),st++))&&Vt==T.debounceRendering||((Vt=T.debounceRendering)||queueMicrotask)(Nn)}function Nn(){try{for(var e,t=1;ue.length;)ue.length>t&&ue.sort(Dn),e=ue.shift(),t=ue.length,8&e.__g&&di(e)}finally{(st=ue.length)&&(Vt||queueMicrotask)(Nn)}}function Ln(e,t,n,o,r,i,s,a,l,d,c){var m,f,p,h,y,v,w=o.__k||lt,_=t.length;for(l=pi(n,t,w,l,_),m=0;m<_;m++)(p=n.__k[m])!=null&&(f=~p.__i&&w[p.__i]||at,p.__i=m,v=zt(e,p,f,r,i,s,a,l,d,c),h=p.__e,(f.ref!=p.ref||8&f.__u)&&(f.ref&&qt(f.ref,null,p,f),p.ref&&c.push(p.ref,p.__c||h,p)),y=y||h,4&p.__u?(l=Vn(p,l,e,!f.__v),f.__e&&(f.__e=null)):typeof p.type=="function"&&v!==void 0?l=v:h&&(l=h.nextSibling),p.__u&=-21);return n.__e=y,l}function pi(e,t,n,o,r){var i,s,a,l,d,c,m,f,p,h=n.length,y=h,v=0,w=0,_=e.__k=Array(r);for(i=0;i<r;i++)(s=t[i])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=_[i]=Ne(null,s):Ft(s)?s=_[i]=Ne(ve,{children:s}):s.constructor===Le&&s.__b?s=_[i]=Ne(s.type,s.props,s.key,s.ref,s.__v):_[i]=s,l=i+v,s.__=e,s.__b=e.__b+1,a=null,~(d=s.__i=mi(s,n,l,y))&&(y--,(a=n[d])&&(a.__u|=2)),a&&a.__v?(s.__u|=16,d==l-1?v--:d==l+1?v++:d!=l&&(d>l?v--:v++,w=1)):(~d||(r>h?v--:r<h&&v++),typeof s.type!="function"&&(s.__u|=4))):_[i]=null;if(w){for(c=[],m=[],i=0;i<r;i++)if((s=_[i])&&16&s.__u){for(v=0,f=c.length;v<f;)c[p=v+f>>1]<s.__i?v=p+1:f=p;c[v]=s.__i,m[i]=v+1}for(v=c.length;i--;)m[i]&&(m[i]==v?v--:_[i].__u|=4)}if(y)for(i=0;i<h;i++)!(a=n[i])||2&a.__u||(a.__e==o&&(o=de(a)),Gt(a,a));return o}function Vn(e,t,n,o){var r,i,s,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(i=0;i<r.length;i++)r[i]&&(r[i].__=e,t=Vn(r[i],t,n,!1));return t}for(t&&!t.parentNode&&(t=de(e))&&!t.parentNode&&(t=null),s=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(s!=a&&(!o&&n.moveBefore&&s.parentNode?n.moveBefore(s,t):n.insertBefore(s,t||null)),t=s;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function mi(e,t,n,o){var r,i=e.key,s=e.type,a=t[n],l=a&&!(2&a.__u);if(a===null&&i==null||l&&i==a.key&&s==a.type)return n;if(o>(l?1:0)){for(r=n-1;r>=0;r--)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r;for(r=n+1;r<t.length;r++)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r}return-1}function kn(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function ot(e,t,n,o,r){var i,s;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||kn(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||kn(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(s=It[t]||(It[t]=fi(t)),(e.__a||(e.__a={}))[t]=Ut,i=t!=(t=t.replace(Rn,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,s,i):e.removeEventListener(t,s,i));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function fi(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[rt]==null)t[rt]=Ut++;else if(t[rt]<this.__a[e])return;return n(T.event?T.event(t):t)}}}function zt(e,t,n,o,r,i,s,a,l,d){var c,m,f,p,h,y,v,w,_,$,b,W,Ee,Y,C,q,J,te,se=t.type;if(t.constructor!==Le)return null;128&n.__u&&(l=32&n.__u,c=n.__c.__z)&&(t.__u|=l,m=i=[],c.nodeType==8?a=it(c,i):i.push(c),a=i[0]||a),(c=T.__b)&&c(t);e:if(typeof se=="function"){f=s.length;try{if(w=t.props,_=(c=se.prototype)&&c.render,$=(c=se.contextType)&&o[c.__c],b=c?$?$.props.value:c.__:o,(p=n.__c)?(t.__c=p,2&p.__g&&(p.__g|=1)):(_?t.__c=p=new se(w,b):(t.__c=p=new ge(w,b),p.constructor=se,p.render=yi),$&&$.sub(p),p.state||(p.state={}),p.__n=o,p.__g|=8,p.__h=[],p.__k=[]),_&&(p.__s||(p.__s=p.state),se.getDerivedStateFromProps&&(p.__s==p.state&&(p.__s=ye({},p.__s)),ye(p.__s,se.getDerivedStateFromProps(w,p.__s)))),h=p.props,y=p.state,p.__v=t,n.__c){if(w!==h&&_&&!se.getDerivedStateFromProps&&p.componentWillReceiveProps&&p.componentWillReceiveProps(w,b),t.__v==n.__v&&!(8&p.__g)||!(4&p.__g)&&p.shouldComponentUpdate&&p.shouldComponentUpdate(w,p.__s,b)===!1){t.__v!=n.__v&&(p.props=w,p.state=p.__s,p.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(K){K&&(K.__=t)}),lt.push.apply(p.__h,p.__k),p.__k=[],p.__h.length&&s.push(p),a=de(n);break e}p.componentWillUpdate&&p.componentWillUpdate(w,p.__s,b),_&&p.componentDidUpdate&&p.__h.push(function(){p.componentDidUpdate(h,y,v)})}else _&&!se.getDerivedStateFromProps&&p.componentWillMount&&p.componentWillMount(),_&&p.componentDidMount&&p.__h.push(p.componentDidMount);p.context=b,p.props=w,p.__P=e,p.__g&=-5,W=T.__r,Ee=_?25:0;do p.__g&=-9,W&&W(t),c=p.render(p.props,p.state=p.__s,p.context);while(8&p.__g&&++Ee<25);_&&(lt.push.apply(p.__h,p.__k),p.__k=[]),p.state=p.__s,p.getChildContext&&(o=ye({},o,p.getChildContext())),_&&n.__c&&p.getSnapshotBeforeUpdate&&(v=p.getSnapshotBeforeUpdate(h,y)),Y=c&&c.type===ve&&c.key==null?c.props.children:c,w.__P&&(c=a,r=(e=w.__P).namespaceURI,l=i=null,n.props&&n.props.__P!=e&&(n.__k.some(function(K){K&&Gt(K,K)}),n.__k=null),a=n.__k?de(n,0):null),a=Ln(e,Ft(Y)?Y:[Y],t,n,o,r,i,s,a,l,d),w.__P&&(t.__e=null,a=c),t.__u&=-161,m&&m.some(he),p.__h.length&&s.push(p),1&p.__g&&(p.__g&=-4)}catch(K){if(s.length=f,t.__v=null,l||i)if(K&&K.then){if(t.__u|=128|l,i){for(~(J=i.indexOf(a||void 0))||(J=i.length);(te=i[J-1])&&te.nodeType==8;)J--;for(;J<i.length;J++)if(te=i[J])if(i[J]=null,C){if(te==q)break}else{if(te.nodeType!=8)break;te.data.startsWith("$s")&&(q=it(C=te))}}if(!C){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;C=a}(c=it(C=t.__c.__z||(t.__c.__z=C)))?(t.__e=C,a=c):t.__e=a,a=a&&a.nextSibling}else i&&i.some(he);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),K&&K.then||In(t),T.__e(K,t,n)}}else a=t.__e=hi(n.__e,t,n,o,r,i,s,l,d,e);return(c=T.diffed)&&c(t),a}function it(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function In(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(In))}function Wn(e,t,n){for(var o=0;o<n.length;)qt(n[o++],n[o++],n[o++]);T.__c&&T.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(i){i.call(r)})}catch(i){T.__e(i,r.__v)}})}function hi(e,t,n,o,r,i,s,a,l,d){var c,m,f,p,h,y,v,w,_=n.props||at,$=t.props,b=t.type;if(b=="svg"?r="http://www.w3.org/2000/svg":b=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),i){for(c=0;c<i.length;c++)if((h=i[c])&&(b?h.localName==b:h.nodeType==3)){e=h,i[c]=null;break}}if(!e){if(w=d.ownerDocument||document,!b)return w.createTextNode($);e=w.createElementNS(r,b,$.is?$:d),a&&(T.__m&&T.__m(t,i),a=!1),i=null}if(b){if(d=b=="template"&&e.content||e,i=b=="textarea"&&$.defaultValue!=null?null:i&&Bt.call(d.childNodes),!a&&i)for(_={},c=0;c<e.attributes.length;c++)_[(h=e.attributes[c]).name]=h.value;for(c in _)h=_[c],c=="dangerouslySetInnerHTML"?f=h:c=="children"||c in $||c=="value"&&"defaultValue"in $||c=="checked"&&"defaultChecked"in $||ot(e,c,null,h,r);for(c in $)h=$[c],c=="children"?p=h:c=="dangerouslySetInnerHTML"?m=h:c=="value"?y=h:c=="checked"?v=h:a&&typeof h!="function"||_[c]===h||ot(e,c,h,_[c],r);m?(a||f&&(m.__html==f.__html||m.__html==e.innerHTML)||(e.innerHTML=m.__html),t.__k=[]):(f&&(e.textContent=""),(b=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&ui.test(b))&&(r="http://www.w3.org/1999/xhtml"),Ln(d,Ft(p)?p:[p],t,n,o,r,i,s,i?i[0]:n.__k&&de(n,0),a,l),i&&i.some(he)),a&&b!="textarea"||(c="value",b=="progress"&&y==null?e.removeAttribute(c):y==null||y===e[c]&&(b!="progress"||y)||ot(e,c,y,_[c],r),c="checked",v!=null&&v!=e[c]&&ot(e,c,v,_[c],r))}else _===$||a&&e.data==$||(e.data=$);return e}function qt(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){T.__e(r,n)}}function Gt(e,t,n){var o,r,i,s;if(T.unmount&&T.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||qt(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){T.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(s=0;s<o.length;s++)o[s]&&Gt(o[s],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=it(o,i=[]))&&(o==e.__e&&i.some(he),he(r),he(o)),n||he(e.__e),e.__e=e.__c=e.__=null}function yi(e,t,n){return this.constructor(e,n)}function jt(e,t){var n,o,r,i;T.__&&T.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Ne(ve,{children:[e]}),r=[],i=[],zt(t,t.__k,o||at,at,t.namespaceURI,o?null:t.firstChild?Bt.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,i),Wn(r,t.__k,i),t.__k.props.children=null}function Hn(e){function t(n){var o,r;return this.getChildContext||(o=new Set,(r={})[t.__c]=this,this.getChildContext=function(){return r},this.shouldComponentUpdate=function(i){this.props.value!=i.value&&o.forEach(function(s){s.__g|=4,Wt(s)})},this.sub=function(i){o.add(i);var s=i.componentWillUnmount;i.componentWillUnmount=function(){o.delete(i),s&&s.call(i)}}),n.children}return t.__c="__cC"+Mn++,t.__=e,t.Provider=(t.Consumer=function(n,o){return n.children(o)}).contextType=t,t}T={__e:function(e,t,n,o){for(var r,i,s;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((s=(i=r.constructor)&&i.getDerivedStateFromError)&&r.setState(i.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),s=1),s&&8&r.__g)return void(r.__g|=2)}catch(a){e=a}}throw st=0,e}},Pn=0,Ht=function(e){return e!=null&&e.constructor===Le},ge.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=ye({},this.state)),typeof e=="function"&&(e=e(ye({},n),this.props)),e&&(ye(n,e),this.__v&&(t&&this.__k.push(t),Wt(this)))},ge.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Wt(this))},ge.prototype.render=ve,ue=[],st=0,Dn=function(e,t){return e.__v.__b-t.__v.__b},rt=Symbol(),Rn=/(PointerCapture)$|Capture$/i,Ut=0,It={},Mn=0;var _e,P,Kt,Un,Xt=Object.is,ct=0,Qn=[],Qt=[],N=T,Fn=N.__b,Bn=N.__r,zn=N.diffed,qn=N.__c,Gn=N.unmount,jn=N.__;function We(e,t){N.__h&&N.__h(P,e,ct||t),ct=0;var n=P.__H||(P.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function E(e){return ct=1,gi(eo,e)}function gi(e,t,n){var o=We(_e++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):eo(void 0,t),function(i){var s=(o.__N||o.__)[0],a=o.t(s,i);Xt(s,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=P,!P.__f)){P.__f=!0;var r=P.shouldComponentUpdate;P.shouldComponentUpdate=function(i,s,a){var l=this.__H;if(!l)return!0;var d=!1,c=this.props!=i;if(l.__.some(function(f){f.__N&&(d=!0,Xt(f.__[0],f.__N[0])||(c=!0))}),r){var m=r.call(this,i,s,a);return d?m||c:m}return!d||c}}return o.__}function B(e,t){var n=We(_e++,3);!N.__s&&Zn(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,P.__H.__h.push(n))}function j(e){return ct=5,pe(function(){return{current:e}},[])}function pe(e,t){var n=We(_e++,7);return Zn(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Yn(e){var t=P.context[e.__c],n=We(_e++,9);return n.c=e,t?(n.__==null&&(n.__=!0,t.sub(P)),t.props.value):e.__}function Jn(){var e=We(_e++,11);if(!e.__){for(var t=P.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function vi(){var e;do{for(;e=Qt.shift();)try{Ie(e)}catch(n){N.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Qn.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Ie),t.__h.some(Yt),t.__h=[]}catch(n){t.__h=[],N.__e(n,e.__v)}}}while(Qt.length)}N.__b=function(e){P=null,Fn&&Fn(e)},N.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),jn&&jn(e,t)},N.__r=function(e){Bn&&Bn(e),_e=0;var t=(P=e.__c).__H;t&&(Kt==P?P.__h=[]:(t.__h.some(Ie),t.__h.some(Yt),_e=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),Kt=P},N.diffed=function(e){zn&&zn(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Xn(Qn.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),Kt=P=null},N.__c=function(e,t){t.some(function(n){try{n.__h.some(Ie),n.__h=n.__h.filter(function(o){return!o.__||Yt(o)})}catch(o){n.__h=[function(){throw o}]}}),qn&&qn(e,t)},N.unmount=function(e){Gn&&Gn(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,Xn(Qt.push(r))}else Ie(r)}catch(i){t=i}}),o.__H=void 0,t&&N.__e(t,o.__v))};var Kn=typeof requestAnimationFrame=="function";function _i(e){var t,n=function(){clearTimeout(o),Kn&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);Kn&&(t=requestAnimationFrame(n))}function Xn(e){e!=1&&Un==N.requestAnimationFrame||((Un=N.requestAnimationFrame)||_i)(vi)}function Ie(e){var t=P,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),P=t}function Yt(e){var t=P;e.__c=e.__(),P=t}function Zn(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!Xt(n,e[o])})}function eo(e,t){return typeof t=="function"?t(e):t}var wi=Symbol.for("preact-signals");function mt(){if(ae>1)ae--;else{var e,t=!1;for((function(){var r=dt;for(dt=void 0;r!==void 0;){var i=r.S;if(i.v===r.v)for(var s=i.t;s!==void 0;s=s.x)s.i===r.i&&(s.i=i.i);r=r.o}})();Ue!==void 0;){var n=Ue;for(Ue=void 0,ut++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&no(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(ut=0,ae--,t)throw e}}function Zt(e){if(ae>0)return e();Jt=++bi,ae++;try{return e()}finally{mt()}}var He,k=void 0;function Fe(e){var t=k,n=He;k=void 0,He=void 0;try{return e()}finally{k=t,He=n}}var Ue=void 0,ae=0,ut=0,bi=0,Jt=0,dt=void 0,pt=0;function to(e){if(k!==void 0){var t=e.n;if(t===void 0||t.t!==k)return t={i:0,S:e,p:k.s,n:void 0,t:k,e:void 0,x:void 0,r:t},k.s!==void 0&&(k.s.n=t),k.s=t,e.n=t,32&k.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=k.s,t.n=void 0,k.s.n=t,k.s=t),t}}function V(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}V.prototype.brand=wi;V.prototype.h=function(){return!0};V.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Fe(function(){var o;(o=t.W)==null||o.call(t)}))};V.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Fe(function(){var r;(r=t.Z)==null||r.call(t)}))}};V.prototype.subscribe=function(e){var t=this;return be(function(){var n=t.value;Fe(function(){return e(n)})},{name:"sub"})};V.prototype.valueOf=function(){return this.value};V.prototype.toString=function(){return this.value+""};V.prototype.toJSON=function(){return this.value};V.prototype.peek=function(){var e=this;return Fe(function(){return e.value})};Object.defineProperty(V.prototype,"value",{get:function(){var e=to(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(ut>100)throw new Error("Cycle detected");(function(n){ae!==0&&ut===0&&n.l!==Jt&&(n.l=Jt,dt={S:n,v:n.v,i:n.i,o:dt})})(this),this.v=e,this.i++,pt++,ae++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{mt()}}}});function O(e,t){return new V(e,t)}function no(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function oo(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function ro(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function we(e,t){V.call(this,void 0,t),this.x=e,this.s=void 0,this.g=pt-1,this.f=4}we.prototype=new V;we.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===pt))return!0;if(this.g=pt,this.f|=1,this.i>0&&!no(this))return this.f&=-2,!0;var e=k;try{oo(this),k=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return k=e,ro(this),this.f&=-2,!0};we.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}V.prototype.S.call(this,e)};we.prototype.U=function(e){if(this.t!==void 0&&(V.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};we.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(we.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=to(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function Z(e,t){return new we(e,t)}function io(e){var t=e.j;if(e.j=void 0,typeof t=="function"){ae++;var n=k;k=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,en(e),o}finally{k=n,mt()}}}function en(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,io(e)}function $i(e){if(k!==this)throw new Error("Out-of-order effect");ro(this),k=e,this.f&=-2;try{8&this.f&&en(this)}finally{mt()}}function xe(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,He&&He.push(this)}xe.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};xe.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,io(this),oo(this),ae++;var e=k;return k=this,$i.bind(this,e)};xe.prototype.N=function(){2&this.f||(this.f|=2,this.u=Ue,Ue=this)};xe.prototype.d=function(){this.f|=8,1&this.f||en(this)};xe.prototype.dispose=function(){this.d()};function be(e,t){var n=new xe(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var so,ht,ft,Ei=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var ao=[];be(function(){so=this.N})();function Ce(e,t){T[e]=t.bind(null,T[e]||function(){})}function Be(e){if(ft){var t=ft;ft=void 0,t()}ft=e&&e.S()}function lo(e){var t=this,n=e.data,o=Ci(n);o.name="ReactiveDom",o.value=n;var r=pe(function(){for(var a=t,l=t.__v;l=l.__;)if(l.__c){l.__c.__$f|=4;break}var d=Z(function(){var p=o.value.value;return p===0?0:p===!0?"":p||""}),c=Z(function(){return!Array.isArray(d.value)&&!Ht(d.value)}),m=be(function(){if(this.N=co,c.value){var p=d.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=p)}}),f=t.__$u.d;return t.__$u.d=function(){m(),f.call(this)},[c,d]},[]),i=r[0],s=r[1];return i.value?s.peek():s.value}lo.displayName="ReactiveTextNode";Object.defineProperties(V.prototype,{constructor:{configurable:!0,value:Ve(ve,null).constructor},type:{configurable:!0,value:lo},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Ce("__b",function(e,t){if(Be(),ht=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var i=o[r];i instanceof V&&(n||(t.__np=n={}),n[r]=i,o[r]=i.peek())}}e(t)});Ce("__r",function(e,t){if(e(t),t.type!==ve){Be();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,i){var s;return be(function(){s=this},{name:i}),s.c=r,s})((function(r){return function(){var i;Ei&&((i=this.y)==null||i.call(this)),r.__$f|=1,r.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),ht=o,Be(n)}});Ce("__e",function(e,t,n,o){Be(),ht=void 0,e(t,n,o)});Ce("diffed",function(e,t){Be(),ht=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,i=n.U;if(i)for(var s in i){var a=i[s];a===void 0||o&&s in o||(a.d(),i[s]=void 0)}if(o){i||(i={},n.U=i);for(var l in o){var d=i[l],c=o[l];d===void 0?(d=xi(n,l,c,r),i[l]=d):d.o(c,r)}}}e(t)});function xi(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,i=O(n);return{o:function(s,a){i.value=s,o=a},d:be(function(){this.N=co;var s=i.value.value;o[t]!==s&&(o[t]=s,r?e[t]=s:s!=null&&(s!==!1||t[4]==="-")?e.setAttribute(t,s):e.removeAttribute(t))})}}Ce("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var i=o[r];i&&i.d()}}}var s=t.__np;if(s){var a=t.props;for(var l in s)a[l]=s[l]}t.__np=void 0}else{var d=t.__c;if(d){d.__$f|=8;var c=d.__$u;c&&(d.__$u=void 0,c.d())}}e(t)});Ce("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});ge.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var i=2&this.__$f;if(!(o||i||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var s in e)if(s!=="__source"&&e[s]!==this.props[s])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function Ci(e,t){return pe(function(){return O(e,t)},[])}var Oi=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Si(){Zt(function(){for(var e;e=ao.shift();)so.call(e)})}function co(){ao.push(this)===1&&(T.requestAnimationFrame||Oi)(Si)}var S=class extends Error{name="DaxdError";problem;status;code;errno;operation;constructor(t,n){super(t.detail??t.title),this.problem=t,this.status=t.status,this.code=t.code,this.errno=t.errno,this.operation=n}get issues(){return this.problem.issues}get holders(){return this.problem.holders}get suggested_size(){return this.problem.suggested_size}get available_size(){return this.problem.available_size}get max_available_extent(){return this.problem.max_available_extent}get failed_index(){return this.problem.failed_index}get retry_after_s(){return this.problem.retry_after_s}},H=class extends Error{name="DaxdConnectionError";reason;status;constructor(t,n,o={}){super(n,"cause"in o?{cause:o.cause}:void 0),this.reason=t,this.status=o.status}},ze=class extends Error{name="OperationTimeoutError";operation;constructor(t,n){let{id:o,verb:r,target:i,state:s,progress:a}=t;super(`Operation ${o} (${r} ${i.id}) is ${s} after ${Math.round(n)} ms, ${a.done} of ${a.total} bytes done; it goes on.`),this.operation=t}},Oe=class extends Error{name="LeaseLostError";lease;constructor(t,n){let{id:o,holder:r,ttl_ms:i}=t,s=n instanceof Error?n.message:String(n);super(`Lease ${o} of ${r} (${i} ms) is lost: ${s}`,{cause:n}),this.lease=t}};function ne(e,t){return new Promise((n,o)=>{if(t?.aborted===!0)return o(t.reason);let r=()=>{clearTimeout(i),o(t?.reason)},i=setTimeout(()=>{t?.removeEventListener("abort",r),n()},e);t?.addEventListener("abort",r,{once:!0})})}function yt(){let e=crypto.getRandomValues(new Uint8Array(16));return Array.from(e,t=>t.toString(16).padStart(2,"0")).join("")}function gt(e,t){let n=Ti(e);return n===null?qe(e.status,t):new S(n)}function qe(e,{method:t,url:n}){let o=`HTTP ${e} from something that is not daxd: ${t} ${n}`;return new H("not_daxd",o,{status:e})}function Ti({body:e}){return typeof e!="object"||e===null?null:"code"in e&&"status"in e&&"title"in e&&"type"in e?e:null}var ki=100,Pi=5e3;function uo(e,t){return e==="GET"||e==="PUT"||e==="DELETE"?!0:t["idempotency-key"]!==void 0}function vt({error:e},t){if(e instanceof S)return e.status===429||e.code==="overloaded"?!0:t&&e.status===503;if(!t)return!1;if(e.reason!=="not_daxd")return!0;let{status:n}=e;return n===502||n===503||n===504||n===429}function _t(e,t){let n=Math.min(ki*2**(t-1),Pi),o=n/2+Math.random()*n/2;return e.retryAfterMs>0?e.retryAfterMs+o:o}function po({headers:e}){let t=e.get("retry-after");if(t===null)return 0;let n=Number(t),o=Number.isFinite(n)?n*1e3:Date.parse(t)-Date.now();return Number.isFinite(o)?Math.max(0,o):0}var mo=256*1024*1024;async function fo(e,t,n){let{signal:o,timeoutMs:r}=n;o?.throwIfAborted();let i=AbortSignal.timeout(Math.max(1,Math.ceil(r))),s=o===void 0?i:AbortSignal.any([o,i]),{method:a,url:l,headers:d,body:c}=t;try{let m=await e(l,{method:a,headers:d,...c===void 0?{}:{body:c},signal:s,redirect:"error"});return await tn(m)}catch(m){throw o?.throwIfAborted(),nn(m,{timeoutMs:i.aborted?r:null,outgoing:t})}}async function tn(e){let{status:t,headers:n}=e;return{status:t,headers:n,body:Ri(e,await Di(e))}}async function Di(e){if(e.body===null)return"";let t=new TextDecoder,n=[],o=0,r=e.body.getReader();for(let i=await r.read();!i.done;i=await r.read()){if(o+=i.value.byteLength,o>mo)throw await r.cancel(),new Error(`the answer is over ${mo} bytes`);n.push(t.decode(i.value,{stream:!0}))}return n.join("")+t.decode()}function Ri(e,t){if(t==="")return;let n=e.headers.get("content-type")??"";return/^application\/(?:[\w.-]+\+)?json\b/i.test(n)?JSON.parse(t):t}function nn(e,t){let{timeoutMs:n,outgoing:o}=t,{method:r,url:i}=o;if(n!==null){let s=`No answer within ${Math.round(n)} ms: ${r} ${i}`;return new H("timeout",s,{cause:e})}return new H("unreachable",`No answer: ${r} ${i}: ${Mi(e)}`,{cause:e})}function Mi(e){let t=e;for(;t instanceof Error&&t.cause instanceof Error;)t=t.cause;if(!(t instanceof Error))return String(t);let n=t instanceof AggregateError?t.errors:[];return t.message||n.map(o=>String(o?.message??o)).join("; ")||t.name}function M(e,...t){return String.raw({raw:e},...t.map(Ai))}function Ai(e){let t=String(e);if(t===""||t==="."||t==="..")throw new TypeError(`${JSON.stringify(t)} is no name that daxd could have given`);return encodeURIComponent(t)}function ho(e,t,n={}){let o=new URLSearchParams;for(let[i,s]of Object.entries(n))s!==void 0&&o.set(i,String(s));let r=o.toString();return r===""?`${e}${t}`:`${e}${t}?${r}`}var vo="application/json",Ni="http://127.0.0.1:7329",Li=3e4,Vi=2e4,Ii=5,Wi=5e3;function _o(e){let t=Bi(e.url),n=e.fetch??((s,a)=>globalThis.fetch(s,a));async function o(s,a={}){let{method:l,path:d,body:c}=s,m={...s.query,...a.dryRun===!0?{dry_run:!0}:{}},f={accept:vo,...go(e.headers),...zi(s,a),...go(a.headers)},p=await yo(e);p!==null&&(f.authorization??=`Bearer ${p}`);let h=ho(t,d,m);return c===void 0?{method:l,url:h,headers:f}:(f["content-type"]="application/json",{method:l,url:h,headers:f,body:JSON.stringify(c)})}async function r(s,a={}){let l=a.preferWaitS===void 0?0:a.preferWaitS*1e3,d=l===0?0:l+Wi,c=Math.max(e.attemptTimeoutMs??Vi,d),m=a.timeoutMs??Math.max(e.timeoutMs??Li,d),f=performance.now()+m,{signal:p}=a,h={...a,idempotencyKey:qi(s,a)},y=!1,v=!1;for(let w=1;;w+=1){let _=await o(s,h),$=Math.min(c,f-performance.now()),b=await Hi(n,_,{timeoutMs:$,signal:p,call:s});if("status"in b)return b;let{error:W}=b;if(v&&Fi(s,W))return{status:204,headers:new Headers,body:void 0};if(v||=Ui(W),!y&&await i(W,_)){y=!0;continue}let Ee=s.isRepeatable??uo(s.method,_.headers),Y=_t(b,w),C=w>=(e.attemptsMax??Ii),q=performance.now()+Y>=f;if(C||q||!vt(b,Ee))throw W;e.onRetry?.({method:s.method,path:s.path,attempts:w,pauseMs:Y,error:W}),await ne(Y,p)}}async function i(s,{headers:a}){if(!(s instanceof S)||s.status!==401)return!1;let l=await yo(e);return l!==null&&a.authorization!==`Bearer ${l}`}return{options:e,answer:r,call:async(s,a)=>(await r(s,a)).body,prepare:o,fetch:n}}async function Hi(e,t,n){let o;try{o=await fo(e,t,n)}catch(s){if(s instanceof H)return{error:s,retryAfterMs:0};throw s}return o.status<300||n.call.accepts?.includes(o.status)===!0?typeof o.body=="string"&&t.headers.accept===vo?{error:qe(o.status,t),retryAfterMs:0}:o:{error:gt(o,t),retryAfterMs:po(o)}}function Ui(e){return e instanceof S?e.status===503&&e.code!=="overloaded":!0}function Fi({method:e},t){return e==="DELETE"&&t instanceof S&&t.status===404}function Bi(e){let t=String(e??Ni),{protocol:n,search:o,hash:r}=new URL(t);if((n==="http:"||n==="https:")&&o===""&&r==="")return t.replace(/\/+$/,"");throw new TypeError(`${t} is not the http or https address of a daxd`)}async function yo({token:e}){return typeof e=="function"?await e():e??null}function zi({method:e},t){if(e==="GET")return{};let{ifMatch:n,fencingToken:o,idempotencyKey:r,preferWaitS:i}=t;return{...n===void 0?{}:{"if-match":n==="*"?"*":`"${n}"`},...o===void 0?{}:{"daxd-fencing-token":String(o)},...i===void 0?{}:{prefer:`wait=${i}`},...r===void 0?{}:{"idempotency-key":r}}}function qi({method:e,isRepeatable:t},n){return n.idempotencyKey!==void 0?n.idempotencyKey:e==="POST"&&t!==!0?yt():void 0}function go(e={}){let t=Object.entries(e).map(([n,o])=>[n.toLowerCase(),o]);return Object.fromEntries(t)}function D(e,t,n={}){let o=(i,s)=>{let a={...s===void 0?{}:{limit:s},...t.query,cursor:i};return e.call({method:"GET",path:t.path,query:a},n)};async function*r(){let i;for(let s=0;s<1e6;s+=1){let{items:a,next:l}=await o(i,1e3);if(yield*a,l===null)return;i=l}throw new Error(`${t.path} has over 1000000 pages`)}return{[Symbol.asyncIterator]:r,page:i=>o(i),async all(){let i=[];for await(let s of r())i.push(s);return i}}}function wo(e){return{list:(t,n)=>D(e,{path:"/v1/audit",query:{...t}},n),head:t=>e.call({method:"GET",path:"/v1/audit/head"},t),verify:(t,n)=>e.call({method:"GET",path:"/v1/audit/verify",query:{...t}},n)}}var Gi=50,ji=1e3,Ki=36e5;async function ee(e,t,n={}){let{status:o,body:r}=await e.answer(t,n);return o!==202||n.wait===!1?r:await on(e,r,n)}async function on(e,t,n={}){let{onProgress:o,signal:r,headers:i,timeoutMs:s,waitTimeoutMs:a=Ki}=n,l=M`/v1/operations/${t.id}`,d=performance.now(),c=t;o?.(c);for(let m=Gi;;m=Math.min(m*2,ji)){if(Xi(c))return Qi(c);let f=performance.now()-d;if(f>=a)throw new ze(c,f);await ne(Math.min(m,a-f),r);let p=c.revision;c=await e.call({method:"GET",path:l},{signal:r,headers:i,timeoutMs:s}),(c.revision!==p||c.state==="running")&&o?.(c)}}function Xi({state:e}){return e==="succeeded"||e==="failed"||e==="cancelled"}function Qi(e){if(e.state==="succeeded")return e.result??void 0;throw e.problem!==null?new S(e.problem,e):new Error(`Operation ${e.id} is ${e.state} and does not say why`)}function Se(e){let t=n=>M`/v1/claims/${n}`;return{list:(n,o)=>D(e,{path:"/v1/claims",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),put:(n,o,r)=>ee(e,{method:"PUT",path:t(n),body:o},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}function bo(e){let t=n=>M`/v1/devices/${n}`;return{list:(n,o)=>D(e,{path:"/v1/devices",query:{...n}},o),get:(n,o,r)=>e.call({method:"GET",path:t(n),query:{...o}},r),users:(n,o,r)=>e.call({method:"GET",path:`${t(n)}/users`,query:{...o}},r),enable:(n,o)=>e.call({method:"POST",path:`${t(n)}/enable`},o),disable:(n,o,r)=>ee(e,{method:"POST",path:`${t(n)}/disable`,body:o??{}},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}function $o(){let e="";return t=>{e+=t;let n=e.endsWith("\r"),o=(n?e.slice(0,-1):e).replace(/\r\n?/g,`
`).split(`

`);if(e=(o.pop()??"")+(n?"\r":""),e.length>16777216)throw new Error("a frame is over 16777216 long");return o.map(Yi)}}function Yi(e){let t=null,n=[];for(let o of e.split(`
`)){let r=o.indexOf(":"),i=r<0?o:o.slice(0,r),s=r<0?"":o.slice(r+1).replace(/^ /,"");i==="id"&&(t=s),i==="data"&&n.push(s)}return{id:t,data:n.length===0?null:n.join(`
`)}}var Eo=45e3;async function xo(e,t){let{after:n,headers:o}=t,r=n===void 0?{}:{"last-event-id":String(n)},i=await e.prepare({method:"GET",path:"/v1/events"},{headers:{...o,accept:"text/event-stream",...r}}),s=Zi(t.signal,i),a=(await s.over(()=>Ji(e,i,s.signal))).getReader(),l=new TextDecoder,d=$o();return{async read(){let{done:c,value:m}=await s.over(()=>a.read());return c?null:d(l.decode(m,{stream:!0}))},close:s.close}}async function Ji({fetch:e},{method:t,url:n,headers:o},r){let i={method:t,url:n,headers:o},s=await e(n,{method:t,headers:o,signal:r,redirect:"error"});if(s.status>=400)throw gt(await tn(s),i);let a=s.headers.get("content-type")??"";if(s.body===null||!a.startsWith("text/event-stream"))throw qe(s.status,i);return s.body}function Zi(e,t){let n=new AbortController;return{signal:e===void 0?n.signal:AbortSignal.any([e,n.signal]),close:()=>n.abort(),async over(o){let r=!1,i=setTimeout(()=>{r=!0,n.abort()},Eo);try{return await o()}catch(s){throw n.abort(),e?.throwIfAborted(),s instanceof S||s instanceof H?s:nn(s,{timeoutMs:r?Eo:null,outgoing:t})}finally{clearTimeout(i)}}}}var es=3e4;function Co(e,t){let{signal:n,headers:o}=t,r=t.since,i=null,s=0,a=!1,l=performance.now();async function d(){let m=i===null;i??=await xo(e,{after:r,signal:n,headers:o});let f=await i.read();if(f===null)throw new H("unreachable","daxd has ended the stream of events");return m&&t.onOpen?.(),a=!0,s=0,l=performance.now(),f}async function c(m){if(!(m instanceof S||m instanceof H))throw m;s+=1;let p=m instanceof S?m.retry_after_s??0:0,h={error:m,retryAfterMs:p*1e3},y=_t(h,s),v=a?Number.POSITIVE_INFINITY:es;if(performance.now()+y-l>(t.giveUpAfterMs??v)||!vt(h,!0))throw m;t.onLost?.({error:m,pauseMs:y}),await ne(y,n)}return{async next(){for(;;)try{let m=await d(),f=m.findLast(({id:p})=>p!==null&&p!=="");return f!==void 0&&(r=Number(f.id)),m.flatMap(({data:p})=>p===null?[]:[JSON.parse(p)])}catch(m){i?.close(),i=null,n?.throwIfAborted(),await c(m)}},close(){i?.close()}}}function Oo(e){return Object.assign((t={})=>ts(e,t),{list:(t,n)=>D(e,{path:"/v1/events",query:{...t}},n)})}async function*ts(e,t){let n=Co(e,t);try{for(;;)yield*await n.next()}finally{n.close()}}function So(e){let t=n=>M`/v1/handles/${n}`;return{list:(n,o)=>D(e,{path:"/v1/handles",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),create:(n,o,r)=>e.call({method:"POST",path:M`/v1/devices/${n}/handles`,body:o},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function le(e){let t=n=>M`/v1/leases/${n}`;return{list:(n,o)=>D(e,{path:"/v1/leases",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),create:(n,o)=>e.call({method:"POST",path:"/v1/leases",body:n},o),renew:(n,o,r)=>e.call({method:"POST",path:`${t(n)}/renew`,body:o??{},isRepeatable:!0},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function To(e){let t="/v1/mappings",n=o=>M`/v1/mappings/${o}`;return{list:(o,r)=>D(e,{path:t,query:{...o}},r),get:(o,r)=>e.call({method:"GET",path:n(o)},r),create:(o,r)=>e.call({method:"POST",path:t,body:o},r),translate:(o,r,i)=>e.call({method:"GET",path:`${n(o)}/translate`,query:{offset:r}},i),delete:(o,r)=>e.call({method:"DELETE",path:n(o)},r)}}function ko(e){let t="/v1/namespaces",n=o=>M`/v1/namespaces/${o}`;return{list:(o,r)=>D(e,{path:t,query:{...o}},r),get:(o,r)=>e.call({method:"GET",path:n(o)},r),create:(o,r)=>ee(e,{method:"POST",path:t,body:o},r),patch:(o,r,i)=>e.call({method:"PATCH",path:n(o),body:r},i),delete:(o,r,i)=>ee(e,{method:"DELETE",path:n(o),query:{...r}},i)}}function Po(e){let t=o=>M`/v1/operations/${o}`,n=(o,r)=>e.call({method:"GET",path:t(o)},r);return{list:(o,r)=>D(e,{path:"/v1/operations",query:{...o}},r),get:n,cancel:(o,r)=>e.call({method:"DELETE",path:t(o)},r),async wait(o,r={}){let{signal:i,headers:s,timeoutMs:a}=r,l=typeof o=="string"?await n(o,{signal:i,headers:s,timeoutMs:a}):o;return on(e,l,r)}}}function Do(e){let t=n=>M`/v1/regions/${n}`;return{list:(n,o)=>D(e,{path:"/v1/regions",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),map:(n,o)=>e.call({method:"GET",path:`${t(n)}/map`},o),summary:(n,o)=>e.call({method:"GET",path:`${t(n)}/map`,query:{summary:!0}},o),create:(n,o)=>e.call({method:"POST",path:"/v1/regions",body:n},o),patch:(n,o,r)=>e.call({method:"PATCH",path:t(n),body:o},r),delete:(n,o)=>e.call({method:"DELETE",path:t(n)},o)}}function wt(e){let t=(n,o=[])=>r=>e.call({method:"GET",path:n,accepts:o},r);return{batch:(n,o)=>e.call({method:"POST",path:"/v1/batch",body:n},o),reconciliation:{get:t("/v1/reconciliation"),act:(n,o)=>e.call({method:"POST",path:"/v1/reconciliation",body:n},o)},host:t("/v1/host"),whoami:t("/v1/whoami"),health:{live:t("/livez"),ready:t("/readyz",[503])},export:{daxctl:t("/v1/export/daxctl"),ndctl:t("/v1/export/ndctl")},metrics:n=>e.call({method:"GET",path:"/metrics"},{...n,headers:{accept:"text/plain",...n?.headers}}),openapi:t("/openapi.json")}}function bt(e){let t=n=>M`/v1/tenants/${n}`;return{list:(n,o)=>D(e,{path:"/v1/tenants",query:{...n}},o),get:(n,o)=>e.call({method:"GET",path:t(n)},o),put:(n,o,r)=>e.call({method:"PUT",path:t(n),body:o},r),delete:(n,o,r)=>ee(e,{method:"DELETE",path:t(n),query:{...o}},r)}}var Ro=1/3,ns=1/20,os=1e3,rs=1e3,is=500,ss=500,as=1e3;function $t(e,t,n={}){let o=new AbortController,{lease:r,sentAt:i}=t,s=new AbortController,a=Promise.resolve(),l=()=>i+r.ttl_ms-performance.now();async function d(p){let{signal:h}=s,y=performance.now();r=await le(e).renew(r.id,{},{signal:h,timeoutMs:p}),i=y}async function c(p){let h=p;for(;;){let y=r.ttl_ms*Ro,v=l()>0?Math.min(y,l()):as;try{if(l()<=0&&!h)throw new Error("its time has passed");return await d(v),!0}catch(_){if(s.signal.aborted)return!1;if(ls(_)||l()<=0)return o.abort(new Oe(r,_)),!1;n.onRenewFailure?.({error:_,leftMs:l()})}let w=Math.min(r.ttl_ms*ns,os);h=await m(Math.min(w/2+Math.random()*w/2,l()))}}async function m(p){let h=performance.now()+p;for(let y=p;y>0;y=h-performance.now()){let v=Date.now()-performance.now();if(await ne(Math.min(y,rs),s.signal),Date.now()-performance.now()-v>is)return!0}return performance.now()-h>ss}async function f(){for(let p=!0;p;){let h=i+r.ttl_ms*Ro-performance.now();p=await c(await m(h)),p&&n.onRenew?.(r)}}return{lost:o.signal,lease:()=>r,start(){if(o.signal.aborted)return;s=new AbortController;let{signal:p}=s;a=f().catch(h=>{p.aborted||o.abort(new Oe(r,h))})},async stop(){s.abort(),await a}}}function ls(e){return e instanceof S&&(e.status===410||e.status===404)}var cs=3e4,us=6e4,ds=200;async function Ao(e,t,{onRenew:n,onRenewFailure:o,ifBusy:r,...i}={}){let s=fs(await ps(e,t,i)),a=performance.now(),l=await le(e).renew(s.lease,{},{signal:i.signal}),d=$t(e,{lease:l,sentAt:a},{onRenew:n,onRenewFailure:o});d.start();let c=!1;async function m(f,p){await d.stop();try{let h=await Mo(e,{claim:s,keeper:d,query:f},p);return c=!0,h}catch(h){throw d.start(),h}}return{...s,lost:d.lost,token:l.token,release:m,async[Symbol.asyncDispose](){if(c)return;await d.stop(),await Mo(e,{claim:s,keeper:d,query:r===void 0?{}:{if_busy:r}})}}}async function ps(e,{name:t,...n},o){let r={ttl_ms:cs,...n},i=t??`claim-${yt()}`;try{return await Se(e).put(i,r,o)}catch(s){if(!(s instanceof S&&s.code==="forbidden_name")||t!==void 0)throw s;let{signal:l}=o,d=n.tenant??(await wt(e).whoami({signal:l})).tenant;if(d===null)throw s;let{name_prefix:c}=await bt(e).get(d,{signal:l});return Se(e).put(`${c}${i}`,r,o)}}async function Mo(e,t,n={}){let{signal:o,waitTimeoutMs:r=us}=n,i=performance.now();for(;;){try{return await ms(e,t,n)}catch(s){if(!(s instanceof S&&s.code==="in_transition")||performance.now()-i>=r)throw s}await ne(ds,o)}}async function ms(e,{claim:t,keeper:n,query:o},r){let{name:i,created_at:s}=t,{delete:a,get:l}=Se(e);try{return await a(i,o,{...r,fencingToken:n.lease().token})}catch(d){if(rn(d,404))return;if(!rn(d,410))throw d}try{let d=await l(i,r);return d.created_at!==s?void 0:await a(i,o,{...r,ifMatch:d.revision})}catch(d){if(rn(d,404))return;throw d}}function rn(e,t){return e instanceof S&&e.status===t}function fs(e){if(e.problem!==null)throw new S(e.problem);let{chardev:t,path:n,handle:o,mapping:r,lease:i,generation:s,mmap:a}=e;if(t!==null&&n!==null&&o!==null&&r!==null&&i!==null&&s!==null&&a!==null)return{...e,chardev:t,path:n,handle:o,mapping:r,lease:i,generation:s,mmap:a};throw new Error(`Claim ${e.name} is ${e.state} and cannot be held.`)}var hs=3e4;async function No(e,{ttl_ms:t=hs,...n},o={}){let{onRenew:r,onRenewFailure:i,...s}=o,a=performance.now(),l=await le(e).create({...n,ttl_ms:t},s),d=$t(e,{lease:l,sentAt:a},{onRenew:r,onRenewFailure:i});d.start();async function c(m){await d.stop(),await le(e).delete(l.id,m).catch(ys)}return{id:l.id,token:l.token,lost:d.lost,current:d.lease,release:c,[Symbol.asyncDispose]:()=>c()}}function ys(e){if(!(e instanceof S)||e.status!==404)throw e}function sn(e={}){let t=_o(e);return{...wt(t),regions:Do(t),namespaces:ko(t),devices:bo(t),handles:So(t),mappings:To(t),leases:le(t),claims:Se(t),operations:Po(t),tenants:bt(t),audit:wo(t),events:Oo(t),claim:(n,o)=>Ao(t,n,o),lease:(n,o)=>No(t,n,o)}}var an=Hn(null);function g(){let e=Yn(an);if(e===null)throw new Error("a component stands outside of the app");return e}var gs=8e3;function Lo(){let e=O(""),t;return{said:e,say(n){clearTimeout(t),e.value=n,t=setTimeout(()=>{e.value=""},gs)}}}var ln=1e5;function Vo(){let e=new Map,t=new Map,n=O(0),o=!0,r=!0,i=(s,a)=>`${s} ${a}`;return{version:n,isComplete:()=>o,put(s,{id:a,chardev:l,created_at:d}){let c=i(s,a);if(e.has(c))return;if(e.size>=ln){o=!1;return}e.set(c,{id:a,chardev:l,created_at:d});let m=t.get(l)??new Set;t.set(l,m.add(c)),r=!1},remove(s,a){let l=i(s,a),d=e.get(l);if(d===void 0)return null;e.delete(l);let c=t.get(d.chardev);return c?.delete(l),c?.size===0&&t.delete(d.chardev),r=!1,d.chardev},count(s,{chardev:a,created_at:l}){let d=0;for(let c of t.get(a)??[])c.startsWith(`${s} `)&&(e.get(c)?.created_at??"")>=l&&(d+=1);return d},clear(){e.clear(),t.clear(),o=!0,r=!1},tell(){r||(r=!0,n.value+=1)}}}var vs=3e3;function Io(e,t){let{daxd:n,session:o}=e,r=O({state:"loading"}),i=ws(e,r);async function s(){for(;!t.aborted;)try{o.recognised(await n.whoami({signal:t})),await i.follow(t)}catch(l){if(t.aborted)return;await a(l)}}async function a(l){l instanceof S&&l.status===401?(r.value={state:"waiting"},o.refused(),await _s(o),r.value={state:"loading"}):l instanceof S&&l.code==="events_gone"||(Wo(r,l),await new Promise(d=>setTimeout(d,vs)))}return s(),r}function Wo(e,t){let n=t instanceof Error?t.message:String(t),o=e.value,r=o.state==="reconnecting"?o.sinceMs:Date.now();e.value={state:"reconnecting",sinceMs:r,why:n}}function _s({isTokenWanted:e}){return new Promise(t=>{let n=e.subscribe(o=>{o||(queueMicrotask(()=>n()),t())})})}function ws(e,t){let{daxd:n,state:o,session:r,loaded:i}=e;async function s(){o.beginLoad();let d=[["regions:read",()=>Te(n.regions.list(),o.regions.put)],["namespaces:read",()=>Te(n.namespaces.list(),o.namespaces.put)],["claims:read",()=>Te(n.claims.list(),o.claims.put)],["devices:read",()=>Te(n.devices.list(),o.devices.put)],["leases:read",()=>Te(n.leases.list(),o.leases.put)],["operations:read",()=>Te(n.operations.list(),o.operations.put)],["handles:read",()=>a("handle")],["mappings:read",()=>a("mapping")]];for(let[c,m]of d)r.may(c)&&await m(),o.tell();o.endLoad(),i()}async function a(d){let c=d==="handle"?n.handles.list():n.mappings.list(),m=ln;for await(let f of c)if(o.references.put(d,f),m-=1,m<0)break}async function l(d){let c=null,m=new AbortController,f=AbortSignal.any([d,m.signal]);function p(){c===null?(t.value={state:"loading"},c=s(),c.then(()=>{f.aborted||(t.value={state:"live"})},y=>m.abort(y))):t.value={state:"live"}}let h={signal:f,onOpen:p,onLost:({error:y})=>Wo(t,y)};for await(let y of n.events(h))o.apply(y);throw new Error("The stream of events has ended.")}return{follow:l}}async function Te(e,t){for await(let n of e)t(n)}var Ho=1e3;function Uo(e){let t=0,n=O(Date.now());return setInterval(()=>{n.value=Date.now()+t},Ho),{now:n,async fetch(o,r){let i=await e(o,r),s=Date.parse(i.headers.get("date")??""),a=s-Date.now();return Number.isNaN(s)||(t=Math.abs(a)<=Ho?0:a),i}}}var Ge=500;function Fo(){let e=O([]),t=O(0),n=[],o=0;return{shown:e,total:t,add(r){o+=1,n.push(r),n.length>2*Ge&&(n=n.slice(-Ge))},tell(){n.length!==0&&(e.value=[...n.reverse(),...e.value].slice(0,Ge),t.value=o,n=[])}}}function $e(e){let t=new Map,n=new Map,o=O(0),r=null,i=!1,s=!0;function a(){return r=null,s=!1,!0}return{version:o,get:l=>t.get(l),rows(){return r??=[...t.values()],r},get size(){return t.size},put(l){let d=e(l),c=Math.max(t.get(d)?.revision??-1,n.get(d)??-1);return l.revision<=c?!1:(t.set(d,l),a())},replace(l){let d=e(l);l.revision<(t.get(d)?.revision??0)||(t.set(d,l),a())},remove(l,d){i&&n.set(l,d);let c=t.get(l);return c===void 0||c.revision>d?!1:(t.delete(l),a())},clear(){t.clear(),n.clear(),a()},remember(l){i=l,l||n.clear()},tell(){s||(s=!0,o.value+=1)}}}function Bo(e){let t={region:$e(({id:l})=>String(l)),namespace:$e(({name:l})=>l),device:$e(({chardev:l})=>l),claim:$e(({name:l})=>l),lease:$e(({id:l})=>l),operation:$e(({id:l})=>l)},n=Object.values(t),o=Vo(),r=Fo();function i({type:l,id:d,revision:c,object:m}){let f=m,p=f.state==="removed";l!=="deleted"&&!p?t.device.put(f):(l!=="deleted"||!p)&&t.device.remove(d,c)}function s(l,{id:d,object:c}){c===void 0?o.remove(l,d):o.put(l,c)}function a(l){let{kind:d,id:c,revision:m,object:f}=l;if(d==="device")i(l);else if(d==="handle"||d==="mapping")s(d,l);else if(d in t){let p=t[d];f===void 0?p.remove(c,m):p.put(f)}}return{regions:t.region,namespaces:t.namespace,devices:t.device,claims:t.claim,leases:t.lease,operations:t.operation,references:o,log:r,apply(l){r.add(l),a(l),e()},beginLoad(){for(let l of n)l.clear(),l.remember(!0);o.clear()},endLoad(){for(let l of n)l.remember(!1);e()},tell(){for(let l of n)l.tell();o.tell(),r.tell()}}}function zo(e){let t=!1,n=Number.NEGATIVE_INFINITY,o=globalThis.requestAnimationFrame??(i=>setTimeout(i,0));function r(){t=!1,n=performance.now(),e()}return()=>{if(t)return;t=!0;let i=Math.max(0,n+100-performance.now());i===0?o(r):setTimeout(()=>o(r),i)}}var bs="the host",qo="no owner",un="reserved";function Go({tenant:e,namespace:t},n){return e!==null?e:n!==null?n:t===null?qo:bs}var je=8,cn=["solid","rising","dots","columns","falling","rows","grid","checks"],$s=je*cn.length,Es=new Map([[qo,{colour:null,pattern:"falling"}],[un,{colour:null,pattern:"rows"}]]),xs={colour:null,pattern:"dots"};function jo(){let e=new Map;return{of(t){let n=Es.get(t);if(n!==void 0)return n;let o=e.get(t)??e.size;return o>=$s?xs:(e.set(t,o),Cs(o))}}}function Cs(e){let t=Math.floor(e/je);return{colour:e%je,pattern:cn[(e+t)%cn.length]??"solid"}}function Ko(e){let t=O(new Map);return{byRegion:t,async read(n){let{items:o}=await e.regions.map(n),r=o.filter(({state:i,chardev:s})=>i==="allocated"&&s===void 0).map(({start:i,end:s})=>({start:i,end:s+1,chardev:null,owner:un}));t.value=new Map([...t.value,[n,r]])}}}var dn={admin:"all",operator:"all",tenant:"own",viewer:"none"},ce={admin:"all",operator:"all",tenant:"own",viewer:"all"},Ke={admin:"all",operator:"none",tenant:"own",viewer:"none"},Et={admin:"all",operator:"all",tenant:"none",viewer:"all"},Xo={admin:"all",operator:"all",tenant:"none",viewer:"none"},Qo={admin:"all",operator:"none",tenant:"none",viewer:"none"},Yo={admin:"all",operator:"all",tenant:"all",viewer:"all"},pn={"regions:read":Yo,"regions:map":Et,"regions:change":Xo,"namespaces:read":ce,"namespaces:change":dn,"devices:read":ce,"devices:change":dn,"handles:read":ce,"handles:change":Ke,"mappings:read":ce,"mappings:change":Ke,"batch:change":Ke,"leases:read":ce,"leases:change":Ke,"claims:read":ce,"claims:change":Ke,"operations:read":ce,"operations:change":dn,"events:read":ce,"reconciliation:read":Et,"reconciliation:change":Xo,"host:read":Et,"metrics:read":Et,"tenants:read":ce,"tenants:change":Qo,"audit:read":Qo,"service:read":Yo};function Jo({role:e,tenant:t},n){let o=pn[n][e];return t===null?o==="own"?"none":o:o!=="all"||pn[n].tenant==="all"?o:pn[n].tenant==="own"?"own":"none"}var mn="daxd-token";function Zo(e){let t=O(e.getItem(mn)),n=O(!1),o=O(!1),r=O(null),i=Z(()=>{let a=r.value;return l=>a!==null&&Jo(a,l)!=="none"});function s(a){e.removeItem(mn),t.value=null,r.value=null,o.value=a,n.value=!0}return{token:()=>t.peek(),isTokenWanted:n,isTokenWrong:o,who:r,may:a=>i.value(a),enter(a){e.setItem(mn,a),t.value=a,n.value=!1},leave:()=>s(!1),refused:()=>s(t.peek()!==null),recognised(a){r.value=a,n.value=!1}}}var hn=["system","light","dark"],fn="daxd-theme";function er(e,t){let n=e.getItem(fn),o=O(hn.find(r=>r===n)??"system");return o.subscribe(r=>{r==="system"?(e.removeItem(fn),delete t.dataset.theme):(e.setItem(fn,r),t.dataset.theme=r)}),{theme:o,isExact:O(!1)}}var yn=["regions","devices","claims","leases","operations","host","events"],Os={view:"regions",id:null};function gn(e){let[t="",...n]=e.replace(/^#?\/?/,"").split("/");if(!Ss(t))return Os;let o=Ts(n.join("/"));return{view:t,id:o===""?null:o}}function U(e,t=null){return t===null?`#/${e}`:`#/${e}/${encodeURIComponent(t)}`}function Ss(e){return yn.includes(e)}function Ts(e){try{return decodeURIComponent(e)}catch{return e}}var nr=function(e,t,n,o){var r;t[0]=0;for(var i=1;i<t.length;i++){var s=t[i++],a=t[i]?(t[0]|=s?1:2,n[t[i++]]):t[++i];s===3?o[0]=a:s===4?o[1]=Object.assign(o[1]||{},a):s===5?(o[1]=o[1]||{})[t[++i]]=a:s===6?o[1][t[++i]]+=a+"":s?(r=e.apply(a,nr(e,a,n,["",null])),o.push(r),a[0]?t[0]|=2:(t[i-2]=0,t[i]=r)):o.push(a)}return o},tr=new Map;function or(e){var t=tr.get(this);return t||(t=new Map,tr.set(this,t)),(t=nr(this,t.get(e)||(t.set(e,t=(function(n){for(var o,r,i=1,s="",a="",l=[0],d=function(f){i===1&&(f||(s=s.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?l.push(0,f,s):i===3&&(f||s)?(l.push(3,f,s),i=2):i===2&&s==="..."&&f?l.push(4,f,0):i===2&&s&&!f?l.push(5,0,!0,s):i>=5&&((s||!f&&i===5)&&(l.push(i,0,s,r),i=6),f&&(l.push(i,f,0,r),i=6)),s=""},c=0;c<n.length;c++){c&&(i===1&&d(),d(c));for(var m=0;m<n[c].length;m++)o=n[c][m],i===1?o==="<"?(d(),l=[l],i=3):s+=o:i===4?s==="--"&&o===">"?(i=1,s=""):s=o+s[0]:a?o===a?a="":s+=o:o==='"'||o==="'"?a=o:o===">"?(d(),i=1):i&&(o==="="?(i=5,r=s,s=""):o==="/"&&(i<5||n[c][m+1]===">")?(d(),i===3&&(l=l[0]),i=l,(l=l[0]).push(2,0,i),i=0):o===" "||o==="	"||o===`
`||o==="\r"?(d(),i=2):s+=o),i===3&&s==="!--"&&(i=4,l=l[0])}return d(),l})(e)),t),arguments,[])).length>1?t:t[0]}var u=or.bind(Ve);var rr=O(ks());function ks(){return{owners:[],nobody:"#888",free:"#ddd",freeEdge:"#aaa",ground:"#fff",ink:"#000"}}function Ct(){return rr}function _n(e){let t=getComputedStyle(e),n=o=>t.getPropertyValue(`--${o}`).trim();vn.clear(),rr.value={owners:Array.from({length:je},(o,r)=>n(`owner-${r}`)),nobody:n("owner-nobody"),free:n("free"),freeEdge:n("free-edge"),ground:n("ground"),ink:n("ink")}}var xt=8,Ps=.42,vn=new Map;function Xe(e,{owners:t,nobody:n,ground:o},{colour:r,pattern:i}){let s=(r===null?n:t[r])??n;if(i==="solid")return s;let a=`${s} ${i}`,l=vn.get(a);if(l!==void 0)return l;let d=document.createElement("canvas");d.width=xt,d.height=xt;let c=d.getContext("2d");if(c===null)return s;c.fillStyle=s,c.fillRect(0,0,xt,xt),c.strokeStyle=o,c.fillStyle=o,c.globalAlpha=Ps,c.lineWidth=1.5,Ds[i](c);let m=e.createPattern(d,"repeat")??s;return vn.set(a,m),m}function oe(e,...t){e.beginPath();for(let[n,o]of t)e.lineTo(n,o);e.stroke()}var Ds={solid:()=>{},rising(e){oe(e,[-1,5],[5,-1]),oe(e,[3,9],[9,3])},falling(e){oe(e,[-1,3],[5,9]),oe(e,[3,-1],[9,5])},rows(e){oe(e,[0,2],[8,2]),oe(e,[0,6],[8,6])},columns(e){oe(e,[2,0],[2,8]),oe(e,[6,0],[6,8])},grid(e){oe(e,[0,4],[8,4]),oe(e,[4,0],[4,8])},dots(e){for(let[t,n]of[[2,2],[6,6]])e.beginPath(),e.arc(t,n,1.3,0,2*Math.PI),e.fill()},checks(e){e.fillRect(0,0,4,4),e.fillRect(4,4,4,4)}};var Rs=new Intl.Collator("en",{numeric:!0});function ke(e,t){return Rs.compare(e,t)||(e<t?-1:+(e>t))}var wn=class extends Error{name="InvariantViolation"};function Ot(e,t,n){if(e)return;let o=n===void 0?"":` (${JSON.stringify(n)})`;throw new wn(`${t}${o}`)}var ir={EINVAL:422,EACCES:403,EPERM:403,ENOENT:404,EBUSY:409,EEXIST:409,ENXIO:409,ETIMEDOUT:409,SIGBUS:410,ESTALE:410,EOVERFLOW:422,ENOSPC:507,EOPNOTSUPP:501,EIO:502,EAGAIN:503,ECANCELED:409},St={malformed:{errno:"EINVAL",status:400,title:"The request is malformed"},overflow:{errno:"EOVERFLOW",title:"A number is beyond 2^53-1"},bad_cursor:{errno:"EINVAL",status:400,title:"The cursor is not one of ours"},bad_reference:{errno:"EINVAL",title:"The batch reference cannot be resolved"},unauthorized:{errno:null,status:401,title:"Credentials are missing or wrong"},forbidden_name:{errno:"EPERM",title:"The name is not one of the tenant"},tenant_unknown:{errno:"EPERM",title:"The tenant is not defined"},tenant_leaving:{errno:"EBUSY",title:"The tenant is being deleted"},tenant_busy:{errno:"EBUSY",title:"The tenant has objects"},prefix_taken:{errno:"EEXIST",title:"The prefix begins names of another tenant"},forbidden:{errno:"EPERM",title:"The caller may not do this"},rate_limited:{errno:"EAGAIN",status:429,title:"The caller asks too often"},too_many_failures:{errno:"EAGAIN",status:429,title:"Too many wrong credentials came from there"},keys_unavailable:{errno:"EAGAIN",title:"The issuer's keys cannot be had"},no_route:{errno:"ENOENT",title:"There is nothing at this path"},method_not_allowed:{errno:null,status:405,title:"The path has no such method"},precondition_failed:{errno:null,status:412,title:"The object has changed"},body_too_large:{errno:null,status:413,title:"The body is too large"},headers_too_large:{errno:null,status:431,title:"The headers are too large"},request_timeout:{errno:null,status:408,title:"The request did not arrive in time"},unsupported_media_type:{errno:null,status:415,title:"The media type is not understood"},idempotency_conflict:{errno:null,status:422,title:"The idempotency key was used for another request"},zero_size:{errno:"EINVAL",title:"The size is zero"},misaligned_size:{errno:"EINVAL",title:"The size is misaligned"},misaligned_start:{errno:"EINVAL",title:"The start is misaligned"},misaligned_range:{errno:"EINVAL",title:"A range is misaligned"},range_outside:{errno:"EINVAL",title:"A range lies outside the region"},range_taken:{errno:"EBUSY",title:"A range is taken"},ranges_mismatch:{errno:"EINVAL",title:"The ranges do not add up to the size"},unsupported_align:{errno:"EINVAL",title:"The alignment is not supported"},unsupported_ranges:{errno:"EOPNOTSUPP",title:"Exact ranges need a dynamic region"},too_small:{errno:"EINVAL",title:"The size leaves nothing usable"},no_memory_block:{errno:"EINVAL",title:"The device holds no whole memory block"},no_space:{errno:"ENOSPC",title:"The region has not enough room"},no_region:{errno:"ENOSPC",title:"No region fits the request"},quota_exhausted:{errno:"ENOSPC",title:"The quota of the tenant is used up"},share_exhausted:{errno:"ENOSPC",title:"The share has not enough left"},no_pool:{errno:"ENOSPC",title:"No pool namespace fits the request"},no_hole:{errno:"ENOSPC",title:"No aligned hole is left"},no_such_region:{errno:"ENOENT",title:"No such region"},no_such_share:{errno:"ENOENT",title:"No such share of the region"},no_such_namespace:{errno:"ENOENT",title:"No such namespace"},no_such_device:{errno:"ENOENT",title:"No such device"},no_such_handle:{errno:"ENOENT",title:"No such handle"},no_such_mapping:{errno:"ENOENT",title:"No such mapping"},no_such_lease:{errno:"ENOENT",title:"No such lease"},no_such_claim:{errno:"ENOENT",title:"No such claim"},no_such_tenant:{errno:"ENOENT",title:"No such tenant"},no_such_operation:{errno:"ENOENT",title:"No such operation"},no_such_item:{errno:"ENOENT",title:"No such reconciliation item"},name_taken:{errno:"EEXIST",title:"The name is taken by a different request"},uuid_taken:{errno:"EEXIST",title:"The uuid is taken"},region_overlap:{errno:"EBUSY",title:"The region overlaps another"},region_busy:{errno:"EBUSY",title:"The region has devices in it"},share_busy:{errno:"EBUSY",title:"More of the share is in use"},owned_by_namespace:{errno:"EBUSY",title:"A namespace owns the device"},owned_by_claim:{errno:"EBUSY",title:"A claim owns the object"},unsupported:{errno:"EOPNOTSUPP",title:"Not supported here"},busy:{errno:"EBUSY",title:"The object is in use"},device_enabled:{errno:"EBUSY",title:"The device must be disabled first"},draining:{errno:"EBUSY",title:"The device is draining"},in_transition:{errno:"EBUSY",title:"Another change of the object is under way"},device_disabled:{errno:"ENXIO",title:"The device is not enabled"},empty_device:{errno:"ENXIO",title:"The device has no memory"},system_ram:{errno:"ENXIO",title:"The device is used as system memory"},stale_generation:{errno:"ESTALE",title:"The generation has ended"},stale_holders:{errno:"EBUSY",title:"An earlier generation is still open"},drain_timeout:{errno:"ETIMEDOUT",title:"The device was still in use at the time-out"},cancelled:{errno:"ECANCELED",title:"The operation was cancelled"},not_cancellable:{errno:"EBUSY",title:"The operation cannot be cancelled"},lease_expired:{errno:"ESTALE",title:"The lease has expired"},stale_token:{errno:"ESTALE",title:"The fencing token is void"},lease_mismatch:{errno:"EINVAL",title:"The lease belongs to another holder"},access_denied:{errno:"EACCES",title:"The handle does not allow this protection"},zero_length:{errno:"EINVAL",title:"The length is zero"},unknown_flag:{errno:"EOPNOTSUPP",title:"A flag is unknown"},not_shared:{errno:"EINVAL",title:"The mapping is not shared"},hugetlb:{errno:"EINVAL",title:"MAP_HUGETLB does not apply to a dax device"},misaligned_offset:{errno:"EINVAL",title:"The offset is misaligned"},misaligned_length:{errno:"EINVAL",title:"The length is misaligned"},needs_dontfork:{errno:"EINVAL",title:"A device without struct pages needs dontfork"},out_of_range:{errno:"EINVAL",title:"The range is not inside the device"},straddles_ranges:{errno:"EINVAL",title:"A unit lies across two ranges"},overlap:{errno:"EBUSY",title:"The range overlaps a live mapping"},revoked:{errno:"SIGBUS",title:"The mapping was revoked"},fault:{errno:"SIGBUS",title:"The access would fault"},wipe_unverified:{errno:"EIO",title:"The memory was not zero after it was wiped"},internal:{errno:null,status:500,title:"Internal error"},backend_failed:{errno:"EIO",title:"The host refused the change"},cdi_failed:{errno:"EIO",title:"The CDI directory cannot be written"},backend_timeout:{errno:"EIO",title:"The host did not answer in time"},host_hung:{errno:"EAGAIN",title:"An earlier call of the host has not returned"},needs_repair:{errno:"EIO",title:"An earlier change failed half-way"},overloaded:{errno:"EAGAIN",title:"Too much is waiting"},shutting_down:{errno:"EAGAIN",title:"The service is stopping"},ledger_full:{errno:"ENOSPC",title:"The state directory is full"},ledger_stalled:{errno:"EAGAIN",title:"The disk does not answer"},ledger_failed:{errno:"EIO",status:503,title:"The ledger cannot be written"},events_gone:{errno:"ESTALE",title:"The events asked for are no longer kept"}};var Tt=class extends Error{name="DaxError";code;facts;constructor(t,n,o={},r){super(n,r===void 0?void 0:{cause:r}),this.code=t,this.facts=o}get errno(){return St[this.code].errno}get status(){return Ms(this.code)}get title(){return St[this.code].title}};function Ms(e){let t=St[e];return t.status!==void 0?t.status:t.errno===null?500:ir[t.errno]}var sr=1024,As=1024*sr,Ns=1024*As,wd=1024*Ns,bd=4*sr;function z(e){return Ot(Number.isSafeInteger(e)&&e>=0,"bytes are an integer in 0..2^53-1",e),e}function ar(e,t){let n=e+t;if(Number.isSafeInteger(n))return n;throw new Tt("overflow",`${e} + ${t} bytes is beyond 2^53-1.`)}function lr(e,t){return z(e-e%t)}function cr(e,t){return e>t?e:t}function Qe(e){return z(e.start+e.size)}function ur(e){let t=z(0);for(let n of e)t=ar(t,n.size);return t}function Ls(e){return[...e].sort((t,n)=>t.start-n.start)}function dr(e,t){let n=[],o=Qe(e),r=e.start;for(let i of Ls(t)){if(i.start>=o)break;i.start>r&&n.push({start:r,size:z(i.start-r)}),Qe(i)>r&&(r=Qe(i))}return r<o&&n.push({start:r,size:z(o-r)}),n}function pr(e,t,n){let o=[];for(let r of dr(e,t)){let i=lr(Qe(r),n),s=r.start%n,a=s===0?r.start:r.start+(n-s);a<i&&o.push({start:z(a),size:z(i-a)})}return o}function mr(e){return ur(e)}function fr(e){return e.reduce((t,n)=>cr(t,n.size),z(0))}function hr(e,t){let n=e.start+e.size,o=[],r=e.start,i=[...t].sort((s,a)=>s.start-a.start||s.end-a.end);for(let s of i){let a=Math.max(s.start,r),l=Math.min(s.end,n);a>=l||(a>r&&o.push({start:r,end:a,chardev:null,owner:null}),o.push({start:a,end:l,chardev:s.chardev,owner:s.owner}),r=l)}return r<n&&o.push({start:r,end:n,chardev:null,owner:null}),o}function bn(e,{namespace:t,claim:n}){let o=e.namespace===null?void 0:t(e.namespace),r=o?.claim?n(o.claim)?.holder??null:null;return Go(e,r)}function Vs(e,t,n){let{chardev:o,namespace:r,ranges:i}=e,s=bn(e,n),[a]=i,l=r===null?void 0:n.namespace(r)?.size;return t.kind==="static"&&a!==void 0&&l!==void 0&&l>a.size?[{start:a.end+1-l,end:a.end+1,chardev:o,owner:s}]:i.map(({start:d,end:c})=>({start:d,end:c+1,chardev:o,owner:s}))}function yr(e,t,n,o){let r=t.filter(({ranges:c})=>c.length>0),i=[...r.flatMap(c=>Vs(c,e,o)),...n],s=hr(e,i),a=pr({start:z(e.start),size:z(e.size)},i.map(({start:c,end:m})=>({start:z(c),size:z(m-c)})),z(e.granularity)),l=new Map;for(let{owner:c,start:m,end:f}of s)c!==null&&l.set(c,(l.get(c)??0)+f-m);let d=[...l].map(([c,m])=>({owner:c,bytes:m}));return d.sort((c,m)=>m.bytes-c.bytes||(c.owner<m.owner?-1:1)),{pieces:s,available:mr(a),largest:fr(a),holes:a.length,deviceCount:r.length,owners:d}}function gr(e,t){let{namespaces:n,claims:o,references:r}=e,i={namespace:n.get,claim:o.get},s=Z(()=>(e.regions.version.value,[...e.regions.rows()].sort((c,m)=>c.id-m.id))),a=Z(()=>(e.devices.version.value,e.devices.rows().filter(({size:c,namespace:m})=>c>0||m!==null).sort((c,m)=>ke(c.chardev,m.chardev)))),l=Z(()=>{n.version.value,o.version.value;let c=Map.groupBy(a.value,({region:m})=>m);return new Map(s.value.map(m=>{let{id:f}=m,p=t.value.get(f)??[];return[f,yr(m,c.get(f)??[],p,i)]}))}),d=Z(()=>(e.operations.version.value,e.operations.rows().filter(({finished_at:c})=>c===null)));return{regions:s,devices:a,occupancies:l,unfinished:d,ownerOf:c=>bn(c,i),refsOf(c){return r.version.value,r.isComplete()?{handles:r.count("handle",c),mappings:r.count("mapping",c)}:c.refs}}}var $n=["B","KiB","MiB","GiB","TiB","PiB"];function X(e){let t=e,n=0;for(;t>=1024&&n<$n.length-1;)t/=1024,n+=1;return Number(t.toFixed(2))>=1024&&n<$n.length-1&&(t/=1024,n+=1),`${Number(t.toFixed(2))} ${$n[n]}`}function vr(e){return`${me(e)} ${e===1?"byte":"bytes"}`}function me(e){return String(e).replace(/\B(?=(?:\d{3})+$)/g,",")}function Q(e){return`0x${e.toString(16)}`}function _r(e){return`${X(Math.round(e))}/s`}function Ye(e,t){if(t<=0)return"0 %";let n=e/t*100;return e>0&&n<.1?"< 0.1 %":e<t&&n>99.9?"> 99.9 %":n<10?`${Number(n.toFixed(1))} %`:`${Math.min(n<100?99:100,Math.round(n))} %`}function A(e,t,n=`${t}s`){return`${me(e)} ${e===1?t:n}`}function fe(e){let t=Math.max(0,e),n=(o,r)=>String(Math.floor(t%r/o)).padStart(2,"0");return t>=864e5?`${Math.floor(t/864e5)}d ${n(36e5,864e5)}h`:t>=36e5?`${Math.floor(t/36e5)}h ${n(6e4,36e5)}m`:t>=6e4?`${Math.floor(t/6e4)}m ${n(1e3,6e4)}s`:`${Math.floor(t/1e3)}s`}function wr(e){let t=new Date(e);return[t.getHours(),t.getMinutes(),t.getSeconds()].map(n=>String(n).padStart(2,"0")).join(":")}function kt(e,t){let n=t-Date.parse(e);return n<10*1e3?"just now":n<6e4?`${Math.floor(n/1e3)} s ago`:n<36e5?`${Math.floor(n/6e4)} min ago`:n<864e5?`${Math.floor(n/36e5)} h ago`:`${Math.floor(n/864e5)} d ago`}function x({bytes:e}){let{settings:t}=g(),n=t.isExact.value?`${me(e)} B`:X(e);return u`<span class="size" title=${vr(e)}>${n}</span>`}var Is={enabled:"good",active:"good",succeeded:"good",live:"good",pass:"good",creating:"busy",draining:"busy",wiping:"busy",deleting:"busy",releasing:"busy",queued:"busy",running:"busy",warn:"busy",failed:"bad",fail:"bad"},Ws={good:"\u25CF",busy:"\u25D0",quiet:"\u25CB",bad:"\u25B2"};function G({state:e}){let t=Is[e]??"quiet";return u`<span class=${`state ${t}`}
    ><span class="mark" aria-hidden="true">${Ws[t]}</span>${e}</span
  >`}var En=34,br=8,Hs=64;function re(e){let{label:t,columns:n,rows:o,idOf:r,empty:i,chosen:s=null}=e,[a,l]=E(null),[d,c]=E(0),m=j(null),f=Fs(o,n,a),p=Math.max(0,Math.min(Math.floor(d/En),f.length)-br),h=f.slice(p,p+Hs+2*br),y=f.length-p-h.length;function v(w){let _={ArrowDown:1,ArrowUp:-1}[w.key],$=w.target.closest("tr")?.dataset.at;if(_===void 0||$===void 0||!(w.target instanceof HTMLAnchorElement))return;let b=m.current?.querySelector(`tr[data-at="${Number($)+_}"] a`);b!=null&&(w.preventDefault(),b.focus())}return o.length===0?u`<p class="empty">${i}</p>`:u`<div
    class="scroll"
    ref=${m}
    tabindex="0"
    role="region"
    aria-label=${t}
    onScroll=${w=>c(w.currentTarget.scrollTop)}
    onKeyDown=${v}
  >
    <table aria-rowcount=${f.length+1}>
      <caption class="unseen">
        ${t}
      </caption>
      <thead>
        <tr>
          ${n.map(w=>Us(w,a,l))}
        </tr>
      </thead>
      <tbody>
        ${p>0&&u`<tr aria-hidden="true"><td class="gap" colspan=${n.length}
          style=${{height:`${p*En}px`}}></td></tr>`}
        ${h.map((w,_)=>u`<tr
              key=${r(w)}
              data-at=${p+_}
              aria-rowindex=${p+_+2}
              class=${r(w)===s?"chosen":""}
            >
              ${n.map(({cell:$,isNumber:b},W)=>W===0?u`<th scope="row">${$(w)}</th>`:u`<td class=${b?"number":""}>${$(w)}</td>`)}
            </tr>`)}
        ${y>0&&u`<tr aria-hidden="true"><td class="gap" colspan=${n.length}
          style=${{height:`${y*En}px`}}></td></tr>`}
      </tbody>
    </table>
  </div>`}function Us({name:e,key:t,isNumber:n},o,r){let i=o?.name===e,s=o?.isDown?"descending":"ascending";return u`<th
    scope="col"
    class=${n?"number":""}
    aria-sort=${i?s:void 0}
  >
    ${t===void 0?e:u`<button type="button" class="sort" onClick=${()=>r({name:e,isDown:i&&o?.isDown===!1})}>
            ${e}<span
              aria-hidden="true">${i?o?.isDown?" \u2193":" \u2191":""}</span>
          </button>`}
  </th>`}function Fs(e,t,n){let o=t.find(({name:i})=>i===n?.name)?.key;if(o===void 0||n===null)return e;let r=n.isDown?-1:1;return Bs(e,o).sort((i,s)=>r*zs(i.key,s.key)).map(({row:i})=>i)}function Bs(e,t){return e.map(n=>({row:n,key:t(n)}))}function zs(e,t){return typeof e=="number"&&typeof t=="number"?e-t:ke(String(e),String(t))}var qs=.2;function Pt({lease:e}){let{now:t}=g(),n=Date.parse(e.expires_at)-t.value,o=n<e.ttl_ms*qs;return u`<span class=${o?"time soon":"time"}>
    <meter
      min="0"
      max=${e.ttl_ms}
      value=${Math.max(0,n)}
      aria-label=${`Time left of lease ${e.id}`}
    ></meter>
    <span class="number">${n<=0?"ending":fe(n)}</span>
  </span>`}function I({title:e,children:t}){let{dialog:n}=g(),o=j(null);return B(()=>{let i=document.activeElement;return o.current?.showModal(),()=>{let s=i instanceof HTMLElement&&i.isConnected,a=document.querySelector("main h1"),l=s?i:a;l instanceof HTMLElement&&l.focus()}},[]),u`<dialog ref=${o} aria-labelledby="dialog-title" onClose=${()=>{n.value=null}}>
    <h2 id="dialog-title">${e}</h2>
    ${t}
  </dialog>`}function F({label:e,value:t,onValue:n,hint:o,isRequired:r,options:i}){let s=Jn(),a=o===void 0?void 0:`${s}-hint`,l=d=>n(d.target.value);return u`<div class="field">
    <label for=${s}>${e}</label>
    ${i===void 0?u`<input
            id=${s}
            type="text"
            value=${t}
            required=${r}
            autocomplete="off"
            spellcheck=${!1}
            aria-describedby=${a}
            onInput=${l}
          />`:u`<select id=${s} aria-describedby=${a} value=${t} onChange=${l}>
            ${i.map(([d,c])=>u`<option value=${d}
              selected=${d===t}>${c}</option>`)}
          </select>`}
    ${o!==void 0&&u`<small id=${a}>${o}</small>`}
  </div>`}function Gs(e){switch(e.kind){case"process":return`process ${e.comm} (pid ${e.pid})`;case"handle":case"mapping":return`${e.kind} ${e.id} of ${e.holder}`;case"others":return e.count===1?"somebody of another tenant":`${e.count} of other tenants`;default:return`${e.kind} ${e.id}`}}function R({failure:e,onSize:t}){if(!(e instanceof S))return Ks(e);let{problem:n,errno:o,code:r,status:i}=e,{detail:s,title:a,holders:l=[],issues:d=[],suggested_size:c,request_id:m}={request_id:void 0,...n};return u`<div class="problem" role="alert">
    <p class="what">${s??a}</p>
    <p class="codes">${[o,r,`HTTP ${i}`,m].filter(Boolean).join(" \xB7 ")}</p>
    ${js(e)}
    ${d.length>0&&u`<ul>
        ${d.map(({path:f,message:p})=>u`<li><code>${f}</code> ${p}</li>`)}
      </ul>`}
    ${l.length>0&&u`<p>In the way:</p>
        <ul>
          ${l.map(f=>u`<li>${Gs(f)}</li>`)}
        </ul>`}
    ${c!==void 0&&t!==void 0&&u`<button type="button" onClick=${()=>t(c)}>
        Take <${x} bytes=${c} /> instead
      </button>`}
  </div>`}function js({suggested_size:e,available_size:t,max_available_extent:n}){let r=[["Would succeed",e],["Available",t],["Largest free extent",n]].filter(([,i])=>i!==void 0);return r.length===0?null:u`<dl class="numbers">
    ${r.map(([i,s])=>u`<div><dt>${i}</dt><dd><${x} bytes=${s} /></dd></div>`)}
  </dl>`}function Ks(e){let t=e instanceof H,n=e instanceof Error?e.message:String(e);return u`<div class="problem" role="alert">
    <p class="what">${t?"No answer of daxd.":"The page has a defect."}</p>
    <p class="codes">${n}</p>
    ${t&&u`<p>Whether the change was made is not known; the lists will show it.</p>`}
  </div>`}function L(){let{say:e,dialog:t}=g(),[n,o]=E(!1),[r,i]=E(null);return{isRunning:n,failure:r,forget:()=>i(null),async run(s,a){if(!n){o(!0),i(null);try{await s(),a!==void 0&&(e(a),t.value=null)}catch(l){i(l)}finally{o(!1)}}}}}function Dt(e,t){let[n,o]=E(e);return[n,i=>s=>{o(a=>({...a,[i]:s})),t()}]}var Xs=6e4,Qs={name:"",holder:"",size:"64MiB",sharing:"dedicated",minutes:"",persistence:"",access:"rw",wipe:"none"};function Rt(){let{daxd:e,dialog:t}=g(),[n,o]=E(null),r=L(),i=L(),[s,a]=Dt(Qs,()=>{o(null),r.forget(),i.forget()}),l=s.name.trim(),d=Ys(s);function c(m){if(m.preventDefault(),n===null)r.run(async()=>o(await e.claims.put(l,d,{dryRun:!0})));else{let f=`${l} has ${X(n.length)}.`;i.run(()=>e.claims.put(l,d,{wait:!1}),f)}}return u`<${I} title="Claim memory">
    <form onSubmit=${c}>
      <div class="fields">
        <${F} label="Name" value=${s.name} onValue=${a("name")} isRequired
          hint="asking again gives the same claim" />
        <${F} label="Holder" value=${s.holder} onValue=${a("holder")} isRequired
          hint="who: a pod uid, a job" />
        <${F} label="Size" value=${s.size} onValue=${a("size")} isRequired
          hint="usable bytes: 64MiB, 1GiB" />
        <${F} label="Sharing" value=${s.sharing} onValue=${a("sharing")} options=${[["dedicated","a device of its own"],["slice","a slice of a pool"]]} />
        <${F} label="Ends after" value=${s.minutes} onValue=${a("minutes")}
          hint="minutes without renewal; empty: never" />
        <${F} label="Memory" value=${s.persistence} onValue=${a("persistence")}
          options=${[["","any"],["volatile","volatile"],["persistent","persistent"]]} />
        <${F} label="Access" value=${s.access} onValue=${a("access")} options=${[["rw","read and write"],["ro","read only"]]} />
        <${F} label="On release" value=${s.wipe} onValue=${a("wipe")} options=${[["none","leave what is in it"],["on_release","wipe it"]]} />
      </div>
      ${n!==null&&u`<${Js} plan=${n} />`}
      ${[r.failure,i.failure].map(m=>m!==null&&u`<${R} failure=${m}
            onSize=${f=>a("size")(String(f))} />`)}
      <footer>
        <button type="button" onClick=${()=>{t.value=null}}>Cancel</button>
        <button type="submit" class="primary" disabled=${r.isRunning||i.isRunning}>
          ${n===null?"Check":"Claim"}
        </button>
      </footer>
    </form>
  </${I}>`}function Ys(e){let{holder:t,size:n,sharing:o,minutes:r,persistence:i,access:s,wipe:a}=e;return{size:n.trim(),sharing:o,holder:t.trim(),...r.trim()===""?{}:{ttl_ms:Math.round(Number(r)*Xs)},...i===""?{}:{selector:{persistence:i}},...s==="rw"?{}:{access:s},...a==="none"?{}:{wipe:a}}}function Js({plan:e}){let{name:t,length:n,chardev:o,sharing:r,offset:i,size:s}=e;return u`<div class="plan" role="status">
    <p>
      <b>${t}</b> would get <b><${x} bytes=${n} /></b>
      ${n>s&&u` (<${x} bytes=${s} /> rounded up to the align)`}
      ${r==="slice"?u` of ${o} at offset <${x}
        bytes=${i} />`:` as ${o}`}.
    </p>
  </div>`}var Zs=1e3;function Pe(e,t){let{daxd:n}=g(),[o,r]=E(null),[i,s]=E(null),[a,l]=E(!1);async function d(){l(!0);try{r(await n.devices.users(e)),s(null)}catch(c){s(c)}finally{l(!1)}}return B(()=>{let c=setTimeout(d,o===null?0:Zs);return()=>clearTimeout(c)},[e,t]),{users:o,failure:i,isReading:a,read:d}}function $r({claim:e}){let{daxd:t,dialog:n}=g(),{name:o,holder:r,length:i,chardev:s,sharing:a}=e,[l,d]=E(!1),{run:c,isRunning:m,failure:f}=L(),p=()=>t.claims.delete(o,{if_busy:l?"revoke":"refuse"},{wait:!1});return u`<${I} title=${`Release claim ${o}?`}>
    <form
      onSubmit=${h=>{h.preventDefault(),c(p,`Claim ${o} is released.`)}}
    >
      <p>
        <b>${r}</b> gives back <${x} bytes=${i} />
        ${s===null?"":`of ${s}`}${a==="slice"?"; the pool stays":""}.
        What is in it is lost to it.
      </p>
      <label class="choice">
        <input type="checkbox" checked=${l} onChange=${()=>d(!l)} />
        <span><b>revoke</b>: even if somebody uses it</span>
      </label>
      ${s!==null&&u`<${ea} chardev=${s} isForced=${l} />`}
      ${f!==null&&u`<${R} failure=${f} />`}
      <footer>
        <button type="button" onClick=${()=>{n.value=null}}>Cancel</button>
        <button type="submit" class=${l?"danger":"primary"} disabled=${m}>
          ${l?"Revoke and release":"Release"}
        </button>
      </footer>
    </form>
  </${I}>`}function ea({chardev:e,isForced:t}){let{users:n,failure:o}=Pe(e,String(t));if(o!==null)return u`<${R} failure=${o} />`;if(n===null)return u`<p>Looking who uses it…</p>`;let{processes:r,complete:i}=n;return u`<div class="hurt" aria-live="polite">
    ${r.length===0?u`<p>No process has ${e} now${i?"":", as far as can be seen"}.</p>`:u`<p>
              <b>
                ${A(r.length,"process has","processes have")} ${e}
                ${t?" now and may get SIGBUS:":" now:"}
              </b>
            </p>
            <ul class="processes">
              ${r.map(({pid:s,comm:a})=>u`<li>${a} <small>pid ${s}</small></li>`)}
            </ul>`}
  </div>`}function Er({id:e}){let t=g(),{state:n,session:o,dialog:r,connection:i}=t;n.claims.version.value,n.leases.version.value;let s=[...n.claims.rows()].sort((c,m)=>ke(c.name,m.name)),a=e===null?s:s.filter(({name:c})=>c===e),l=i.value.state==="loading",d=e===null?"Nothing is claimed.":`There is no claim ${e} (any more).`;return u`<section>
    <header class="view">
      <h1 tabindex="-1">${e===null?"Claims":`Claim ${e}`}</h1>
      <div class="actions">
        ${e!==null&&u`<a href=${U("claims")}>All claims</a>`}
        ${o.may("claims:change")&&u`<button
            type="button"
            onClick=${()=>{r.value=u`<${Rt} />`}}
          >
            Claim memory…
          </button>`}
      </div>
    </header>
    <${re}
      label="Claims"
      columns=${ta(t)}
      rows=${a}
      idOf=${({name:c})=>c}
      empty=${l?"Reading\u2026":d}
    />
  </section>`}function ta({state:e,session:t,dialog:n}){return[{name:"Claim",key:({name:o})=>o,cell:({name:o})=>u`<a class="name" title=${o} href=${U("claims",o)}>${o}</a>`},{name:"State",key:({state:o})=>o,cell:({state:o,problem:r})=>u`<${G} state=${o} /> ${r!==null&&u`<span class="flag bad"
          title=${r.detail??""}>${r.code}</span>`}`},{name:"Holder",key:({holder:o})=>o,cell:({holder:o,tenant:r})=>u`<span class="name"
          title=${o}>${o}</span> ${r!==null&&u`<small>${r}</small>`}`},{name:"Length",isNumber:!0,key:({length:o})=>o,cell:({length:o})=>u`<${x} bytes=${o} />`},{name:"Device",key:({chardev:o})=>o??"",cell:({chardev:o})=>o===null?"\u2014":u`<a href=${U("devices",o)}>${o}</a>`},{name:"Offset",isNumber:!0,key:({offset:o})=>o,cell:({offset:o,sharing:r})=>r==="slice"?u`<${x} bytes=${o} />`:u`<small>dedicated</small>`},{name:"Time left",key:({lease:o})=>o===null?"":e.leases.get(o)?.expires_at??"",cell:({lease:o})=>{let r=o===null?void 0:e.leases.get(o);return r===void 0?u`<small>no end</small>`:u`<${Pt} lease=${r} />`}},{name:"",cell:o=>t.may("claims:change")&&u`<button
          type="button"
          aria-label=${`Release ${o.name}`}
          onClick=${()=>{n.value=u`<${$r} claim=${o} />`}}
        >
          Release…
        </button>`}]}var Mt=14;function De({owner:e}){let{looks:t}=g(),n=j(null),o=Ct();B(()=>r(n.current,o.value,e));function r(i,s,a){let l=i?.getContext("2d");if(i===null||l===null||l===void 0)return;let d=globalThis.devicePixelRatio||1;i.width=Mt*d,i.height=Mt*d,l.scale(d,d),l.fillStyle=Xe(l,s,t.of(a)),l.fillRect(0,0,Mt,Mt)}return u`<span class="owner"
    ><canvas class="swatch" ref=${n} aria-hidden="true"></canvas
    ><span class="name" title=${e}>${e}</span></span
  >`}var na=400,At=1e3,xn=14,oa=2;function xr({size:e,holders:t}){let n=t.flatMap(o=>o.kind==="mapping"&&o.length!==void 0&&o.offset!==void 0?[{id:o.id,offset:o.offset,length:o.length}]:[]);return n.length===0||e===0?null:u`<svg
    class="mappings"
    viewBox=${`0 0 ${At} ${xn}`}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect class="ground" width=${At} height=${xn} />
    ${n.slice(0,na).map(({id:o,offset:r,length:i})=>u`<rect
          key=${o}
          class="mapped"
          x=${r/e*At}
          width=${Math.max(oa,i/e*At-1)}
          height=${xn}
        />`)}
  </svg>`}var Cr=3;function Or({first:e,last:t,free:n,owners:o},r,i){let s=r[e];if(s===void 0)return"";let a=i?"free or of others":"free";if(e===t){let f=`${X(s.end-s.start)} at ${Q(s.start)}`;if(s.owner===null)return`${a}: ${f}`;let p=s.chardev===null?"":ra(s,r);return[s.chardev,s.owner,f,p].filter(h=>h).join(" \xB7 ")}let l=r.slice(e,t+1),d=[...new Set(l.flatMap(({chardev:f})=>f??[]))],c=l.filter(({owner:f})=>f===null).length;return[d.length<=Cr?d.join(", "):A(d.length,"device"),o.length>0?`of ${o.map(({owner:f})=>f).slice(0,Cr).join(", ")}`:"",c>0?`${X(n)} ${a} in ${A(c,"hole")}`:"nothing free",`from ${Q(s.start)}`].filter(f=>f!=="").join(" \xB7 ")}function ra(e,t){let n=t.filter(({chardev:o})=>o===e.chardev);return n.length<2?"":`range ${n.indexOf(e)+1} of ${n.length}`}function Sr(e,t,n){let o=ia(e,t,n);aa(o,n);let r=0;return o.map(({width:i,first:s,last:a})=>{let l=Math.round(r);return r+=i,{x:l,width:Math.round(r)-l,first:s,last:a,...la(e,t,s,a)}})}function ia(e,t,n){let o=n/(t.end-t.start),r=[],i=null;for(let[s,a]of e.entries()){let l=Math.min(a.end,t.end)-Math.max(a.start,t.start);if(l<=0)continue;let d=l*o;d>=6?(i=null,r.push({width:d,first:s,last:s,isSingle:!0})):i===null||i.width>=3?(i={width:d,first:s,last:s,isSingle:!1},r.push(i)):(i.width+=d,i.last=s)}return sa(r)}function sa(e){let t=[];for(let n of e){let o=t.at(-1);n.width<2&&!n.isSingle&&o?.isSingle===!1?(o.width+=n.width,o.last=n.last):t.push(n)}return t}function aa(e,t){let n=0,o=0;for(let{width:i}of e)i<2?n+=2-i:o+=i-2;if(e.length===1&&e[0]!==void 0&&(e[0].width=t),n===0||o<n)return;let r=1-n/o;for(let i of e)i.width=i.width<2?2:2+(i.width-2)*r}function la(e,t,n,o){let r=0,i=new Map;for(let{start:a,end:l,owner:d}of e.slice(n,o+1)){let c=Math.min(l,t.end)-Math.max(a,t.start);d===null?r+=c:i.set(d,(i.get(d)??0)+c)}let s=[...i].map(([a,l])=>({owner:a,bytes:l}));return s.sort((a,l)=>l.bytes-a.bytes||(a.owner<l.owner?-1:1)),{free:r,owners:s}}function Tr(e,t){let n=0,o=e.length;for(;n<o;){let i=n+o>>>1;(e[i]?.x??0)<=t?n=i+1:o=i}let r=e[n-1];return r!==void 0&&t<r.x+r.width?r:void 0}function kr(e,t,n){let o=e.reduce((a,l)=>a+l,0),r=e.map(a=>a===0?0:Math.max(n,Math.round(a/o*t))),i=r.reduce((a,l)=>a+l,0)-t,s=r.indexOf(Math.max(...r));return s>=0&&(r[s]=Math.max(0,(r[s]??0)-i)),r}function Cn({start:e,size:t}){return{start:e,end:e+t}}function Pr(e,t,n,o){let r=t.end-t.start,i=Math.round(Math.min(e.size,Math.max(65536,r*o))),s=Math.round((n-t.start)/r*i);return Dr(e,n-s,i)}function On(e,t,n){let o=t.end-t.start;return Dr(e,t.start+Math.round(o*n),o)}function Dr(e,t,n){let o=Math.min(n,e.size),r=e.start+e.size-o,i=Math.min(Math.max(t,e.start),r);return{start:i,end:i+o}}var ie=12,Re=52,Sn=ie+Re,ca=7,ua="600 12px system-ui, sans-serif",Nt=18,Je=6,da=4;function Mr(e,t,n){let o=e?.getContext("2d");if(e===null||o===null||o===void 0)return;let r=globalThis.devicePixelRatio||1;e.width=n.width*r,e.height=Sn*r,o.scale(r,r);for(let i of n.cells)pa(o,t,i,n);for(let i of n.cells)fa(o,t,i,n);ha(o,t,n),ya(o,t,n)}function pa(e,t,n,{looks:o,isPartial:r}){let{x:i,width:s,free:a,owners:l,first:d,last:c}=n,m=kr([...l.map(({bytes:h})=>h),a],Re,ca),f=d===c&&s>=da?1:0,p=ie;for(let[h,y]of m.entries()){if(y===0)continue;let v=l[h]?.owner;v===void 0?ma(e,t,{x:i,y:p,width:s-f,height:y},r):(e.fillStyle=Xe(e,t,o.of(v)),e.fillRect(i,p,s-f,y)),p+=y}}function ma(e,t,n,o){e.fillStyle=o?Xe(e,{...t,nobody:t.free},{colour:null,pattern:"rising"}):t.free,e.fillRect(n.x,n.y,n.width,n.height),e.fillStyle=t.freeEdge,e.fillRect(n.x,n.y+n.height-2,n.width,2)}function fa(e,t,{x:n,width:o,first:r,last:i},{pieces:s}){let a=r===i?s[r]?.chardev:null;if(a==null||o<2*Nt)return;e.font=ua;let l=e.measureText(a).width+2*Je;if(l+2*Je>o)return;let d=ie+Re-Nt-Je;e.fillStyle=t.ground,e.fillRect(n+Je,d,l,Nt),e.fillStyle=t.ink,e.textBaseline="middle",e.fillText(a,n+2*Je,d+Nt/2+1)}function ha(e,t,{planned:n,window:o,width:r}){let i=r/(o.end-o.start);for(let{start:s,end:a}of n){let l=Math.floor((s-o.start)*i),d=Math.max(4,Math.ceil((a-s)*i));e.fillStyle=t.ink,e.globalAlpha=.25,e.fillRect(l,ie,d,Re),e.globalAlpha=1,e.strokeStyle=t.ink,e.lineWidth=2,e.setLineDash([4,3]),e.strokeRect(l+1,ie+1,Math.max(2,d-2),Re-2),e.setLineDash([]),e.fillStyle=t.ink,e.beginPath();let c=l+d/2;e.moveTo(c,ie-1),e.lineTo(c-5,ie-8),e.lineTo(c+5,ie-8),e.fill()}}function ya(e,t,{cells:n,pieces:o,tied:r,shown:i}){let s=n.filter(c=>c===i||r!==null&&Rr(c,o,r));if(s.length===0)return;e.strokeStyle=t.ink,e.fillStyle=t.ink,e.lineWidth=2;for(let{x:c,width:m}of s)e.strokeRect(c+1,ie+1,Math.max(1,m-2),Re-2);let a=s.filter(c=>r===null||Rr(c,o,r)).map(({x:c,width:m})=>c+m/2),[l]=a,d=a.at(-1);if(!(r===null||l===void 0||d===void 0)){e.beginPath(),e.moveTo(l,3),e.lineTo(d,3);for(let c of a)e.moveTo(c,2),e.lineTo(c,ie);e.stroke()}}function Rr({first:e,last:t},n,o){for(let r=e;r<=t;r+=1)if(n[r]?.chardev===o)return!0;return!1}var Ar=120;function Nr(){let e=j(null),[t,n]=E(Ar);return B(()=>{let o=e.current;if(o===null)return;let r=new ResizeObserver(()=>n(Math.max(Ar,Math.floor(o.clientWidth))));return r.observe(o),()=>r.disconnect()},[]),[e,t]}var Ze=1/4,Lr=1/4,ga="Arrow keys go from piece to piece, Enter opens the device.";function Me(e){let{region:t,pieces:n,chosen:o=null,planned:r=[],isPartial:i=!1}=e,{looks:s}=g(),a=j(null),[l,d]=Nr(),c=Ct(),[m,f]=E(()=>Cn(t)),[p,h]=E(null),y=pe(()=>Sr(n,m,d),[n,m,d]),v=p===null?void 0:y[Math.min(p,y.length-1)],w=Vr(v,n)??o,_=v===void 0?"":Or(v,n,i),$=m.end-m.start>=t.size;B(()=>{let C={cells:y,pieces:n,window:m,width:d,looks:s,tied:w,shown:v,planned:r,isPartial:i};Mr(a.current,c.value,C)});function b(C){if(C===void 0)return;let q=Vr(C,n);q!==null?location.hash=`#/devices/${q}`:C.first!==C.last&&W(C,Ze)}function W(C,q){let J=C===void 0?(m.start+m.end)/2:((n[C.first]?.start??0)+(n[C.last]?.end??0))/2;f(Pr(t,m,J,q)),h(null)}function Ee(C){let q=y.length-1,te={ArrowRight:Math.min(q,(p??-1)+1),ArrowLeft:Math.max(0,(p??1)-1),Home:0,End:q}[C.key];if(te!==void 0)h(te);else if(C.key==="Enter")b(v);else if(C.key==="+"||C.key==="=")W(v,Ze);else if(C.key==="-")W(v,1/Ze);else return;C.preventDefault()}let Y=C=>Tr(y,C.clientX-(a.current?.getBoundingClientRect().left??0));return u`<div class="drawing" ref=${l}>
    <div
      class="bar"
      role="slider"
      tabindex="0"
      aria-label=${`Memory of region ${t.id}, piece by piece`}
      aria-valuemin="1"
      aria-valuemax=${y.length}
      aria-valuenow=${Math.min(p??0,y.length-1)+1}
      aria-valuetext=${_===""?ga:_}
      onKeyDown=${Ee}
      onBlur=${()=>h(null)}
      onPointerMove=${C=>{let q=Y(C);h(q===void 0?null:y.indexOf(q))}}
      onPointerLeave=${()=>h(null)}
      onClick=${C=>b(Y(C))}
    >
      <canvas ref=${a} style=${{height:`${Sn}px`,width:`${d}px`}}></canvas>
    </div>
    <div class="axis">
      <span class="address">${Q(m.start)}</span>
      <span class="readout" aria-hidden="true">${_}</span>
      <span class="address">${Q(m.end-1)}</span>
    </div>
    <div class="zoom">
      <button type="button" aria-label=${`Look closer at region ${t.id}`}
        onClick=${()=>W(v,Ze)}>+</button>
      <button type="button" aria-label=${`See more of region ${t.id}`} disabled=${$}
        onClick=${()=>W(v,1/Ze)}>−</button>
      ${!$&&u`<button type="button" aria-label="Move to lower addresses"
          onClick=${()=>f(On(t,m,-Lr))}>◂</button>
          <button type="button" aria-label="Move to higher addresses"
            onClick=${()=>f(On(t,m,Lr))}>▸</button>
          <button type="button" onClick=${()=>f(Cn(t))}>All</button>`}
    </div>
  </div>`}function Vr(e,t){return e===void 0||e.first!==e.last?null:t[e.first]?.chardev??null}var Ir=5,va="Its memory goes back to the region. What is in it is lost to its users.",_a=6e4,Ae=50,wa=[{is:"refuse",says:"only if nobody uses it"},{is:"drain",says:`wait for its users, up to ${Ir} minutes; nobody new gets in`},{is:"revoke",says:"take it away at once, whoever uses it"}];function Wr({device:e,verb:t}){let{daxd:n,dialog:o}=g(),{chardev:r,namespace:i}=e,[s,a]=E("refuse"),{users:l,failure:d,isReading:c,read:m}=Pe(r,""),{run:f,isRunning:p,failure:h}=L(),y=t==="delete"&&i!==null?`namespace ${i} (${r})`:r,v=s==="revoke"&&l===null,w=s==="drain"?`${r} is draining.`:`${y} is ${t}d.`;function _(){let $={if_busy:s,...s==="drain"?{timeout_ms:Ir*_a}:{}},b={wait:!1};return t==="disable"?n.devices.disable(r,$,b):i!==null?n.namespaces.delete(i,$,b):n.devices.delete(r,$,b)}return u`<${I} title=${`${t==="disable"?"Disable":"Delete"} ${y}?`}>
    <form
      onSubmit=${$=>{$.preventDefault(),f(_,w)}}
    >
      ${t==="delete"&&u`<p>${va}</p>`}
      <fieldset>
        <legend>If somebody uses it</legend>
        ${wa.map(({is:$,says:b})=>u`<label class="choice"
              ><input
                type="radio"
                name="if_busy"
                value=${$}
                checked=${s===$}
                onChange=${()=>{a($),$==="revoke"&&m()}}
              /><span><b>${$}</b>: ${b}</span></label
            >`)}
      </fieldset>
      <div class="hurt" aria-live="polite">
        ${c&&l===null&&u`<p>Looking who uses it…</p>`}
        ${d!==null&&u`<${R} failure=${d} />`}
        ${l!==null&&u`<${$a} users=${l} how=${s} />`}
      </div>
      ${h!==null&&u`<${R} failure=${h} />`}
      <footer>
        <button type="button" onClick=${()=>{o.value=null}}>Cancel</button>
        <button type="submit" class=${s==="revoke"?"danger":"primary"}
          disabled=${p||v}>
          ${ba(t,s,l)}
        </button>
      </footer>
    </form>
  </${I}>`}function ba(e,t,n){let o=e==="disable"?"Disable":"Delete";if(t==="drain")return`Drain, then ${e}`;if(t==="refuse"||n===null)return o;let{processes:r}=n;return r.length===0?`Revoke and ${e}`:`Revoke from ${A(r.length,"process","processes")} and ${e}`}function $a({users:e,how:t}){let{holders:n,processes:o,complete:r}=e;if(n.length===0&&o.length===0)return u`<p>${r?"Nobody uses it now.":"Nobody is seen to use it, but some processes could not be looked into."}</p>`;let i=[...new Set(n.flatMap(a=>a.kind==="others"?[]:[a.holder]))],s=n.filter(({kind:a})=>a==="mapping").length;return u`
    ${o.length>0&&u`<p>
          <b>${A(o.length,"process has","processes have")} it now.</b>
          ${t==="revoke"&&" Each gets SIGBUS at its next touch and most likely dies:"}
        </p>
        <ul class="processes">
          ${o.slice(0,Ae).map(({pid:a,comm:l,container_id:d})=>u`<li>${l} <small>pid ${a}${Ea(d)}</small></li>`)}
        </ul>
        ${o.length>Ae&&u`<p>and ${o.length-Ae} more</p>`}`}
    ${n.length>0&&u`<p>
        In the books: ${i.slice(0,Ae).join(", ")}
        ${i.length>Ae?` and ${i.length-Ae} more`:""}
        ${` (${A(s,"mapping")}).`}
        ${t==="revoke"&&s>0&&" Their mappings become revoked."}
      </p>`}
    ${!r&&u`<p>Some processes could not be looked into: there may be more.</p>`}
  `}function Ea(e){return e===null?"":`, container ${e.slice(0,12)}`}function Hr({device:e}){let{daxd:t,session:n,dialog:o}=g(),{chardev:r,state:i,namespace:s,size:a}=e,l=L(),d=n.may(s===null?"devices:change":"namespaces:change"),c=m=>()=>{o.value=u`<${Wr} device=${e} verb=${m} />`};return u`${n.may("devices:change")&&i==="disabled"&&a>0&&u`<button
      type="button"
      disabled=${l.isRunning}
      onClick=${()=>l.run(()=>t.devices.enable(r),`${r} is enabled.`)}
    >
      Enable
    </button>`}
  ${n.may("devices:change")&&i!=="disabled"&&u`<button type="button" onClick=${c("disable")}>Disable…</button>`}
  ${d&&u`<button type="button" class="danger"
    onClick=${c("delete")}>Delete…</button>`}
  ${l.failure!==null&&u`<${R} failure=${l.failure} />`}`}function Ur(){let e=g(),{state:t,connection:n}=e;t.operations.version.value;let o=[...t.operations.rows()].sort((i,s)=>+(i.finished_at!==null)-+(s.finished_at!==null)||s.revision-i.revision),r=n.value.state==="loading";return u`<section>
    <header class="view"><h1 tabindex="-1">Operations</h1></header>
    <${re}
      label="Operations"
      columns=${xa(e)}
      rows=${o}
      idOf=${({id:i})=>i}
      empty=${r?"Reading\u2026":"No work is under way, and none is remembered."}
    />
  </section>`}function xa({now:e}){return[{name:"What",key:({verb:t})=>t,cell:({verb:t,target:n})=>u`${t} ${n.kind==="device"?u`<a
          href=${U("devices",n.id)}>${n.id}</a>`:u`<span
            class="name">${n.id}</span>`}`},{name:"State",key:({state:t})=>t,cell:({state:t})=>u`<${G} state=${t} />`},{name:"Progress",cell:t=>u`<${Fr} operation=${t} />`},{name:"Came to an end",key:({finished_at:t})=>t??"",cell:({finished_at:t,problem:n})=>u`${t===null?"\u2014":kt(t,e.value)}
        ${n!==null&&u`<span class="flag bad"
          title=${n.detail??""}>${n.code}</span>`}`},{name:"",cell:t=>u`<${Br} operation=${t} />`}]}function Fr({operation:e}){let{progress:t,rate:n,eta_ms:o,verb:r,target:i}=e,{done:s,total:a}=t;return a===0?u`<span class="hint">—</span>`:u`<span class="progress">
    <progress max=${a} value=${s}
      aria-label=${`Progress of ${r} ${i.id}`}></progress>
    <span class="number">${Ye(s,a)}</span>
    <small>
      <${x} bytes=${s} /> of <${x} bytes=${a} />
      ${n===null?"":`, ${_r(n)}`}
      ${o===null?"":`, ${fe(o)} left`}
    </small>
  </span>`}function Br({operation:e}){let{daxd:t,session:n}=g(),{run:o,isRunning:r,failure:i}=L(),{id:s,verb:a,target:l,finished_at:d}=e;if(d!==null||!n.may("operations:change"))return null;let c=()=>o(()=>t.operations.cancel(s),`${a} ${l.id} is cancelled.`);return u`<button type="button" disabled=${r}
    aria-label=${`Cancel ${a} ${l.id}`} onClick=${c}>
      Cancel
    </button>
    ${i!==null&&u`<${R} failure=${i} />`}`}function zr({operation:e}){return u`<div class="under-way">
    <b>${e.verb}</b> <${G} state=${e.state} />
    <${Fr} operation=${e} /> <${Br} operation=${e} />
  </div>`}var qr=200;function Gr({chardev:e}){let{state:t,selection:n,connection:o,session:r}=g();t.devices.version.value,t.namespaces.version.value;let i=t.devices.get(e),s=t.regions.get(String(i?.region));if(i===void 0){let m=o.value.state==="loading";return u`<section>
      <header class="view"><h1 tabindex="-1">${e}</h1></header>
      <p class="empty">${m?"Reading\u2026":"There is no such device (any more)."}</p>
      <p><a href=${U("devices")}>All devices</a></p>
    </section>`}let a=i.namespace===null?void 0:t.namespaces.get(i.namespace),l=n.unfinished.value.find(({target:m})=>[e,i.namespace].includes(m.id)),d=n.occupancies.value.get(i.region)?.pieces??[],c=!r.may("regions:map");return u`<section>
    <header class="view">
      <h1 tabindex="-1">${e}</h1>
      <${G} state=${i.state} />
      <div class="actions"><${Hr} device=${i} /></div>
    </header>
    ${i.drift!==null&&u`<p class="warning">Differs from the host: ${i.drift}</p>`}
    ${l!==void 0&&u`<${zr} operation=${l} />`}
    ${s!==void 0&&u`<${Me} region=${s} pieces=${d} chosen=${e}
        isPartial=${c} />`}
    <${Ca} device=${i} namespace=${a} /> ${Oa(i)}
    <${Sa} device=${i} />
  </section>`}function Ca({device:e,namespace:t}){let{selection:n}=g(),{size:o,align:r,mode:i,target_node:s,generation:a,path:l,region:d,major:c,minor:m}=e,f=t?.claim??null,p=[["Size",u`<${x} bytes=${o} />`],["Owner",u`<${De} owner=${n.ownerOf(e)} />`],["Generation",a],["Mode",i],["Align",u`<${x} bytes=${r} />`],["Region",d],["Target node",s],["Namespace",t?.name??"none: made by someone else"],...f===null?[]:[["Claim",u`<a href=${U("claims",f)}>${f}</a>`]],["Wiped on release",t===void 0?"\u2014":t.wipe==="none"?"no":"yes"],["Pool for slices",t?.pool===!0?"yes":"no"],["Device node",u`<code>${l}</code> (${c}:${m})`]];return u`<dl class="facts-list">
    ${p.map(([h,y])=>u`<div
      class=${h==="Device node"?"wide":""}><dt>${h}</dt><dd>${y}</dd></div>`)}
  </dl>`}function Oa({ranges:e}){return u`<h2>${A(e.length,"range")}</h2>
    <div class="fits" tabindex="0" role="region" aria-label="Ranges">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col" class="number">Size</th>
            <th scope="col" class="number">Page offset</th>
          </tr>
        </thead>
        <tbody>
          ${e.map(({start:t,end:n,size:o,page_offset:r})=>u`<tr>
                <td class="address">${Q(t)}</td>
                <td class="address">${Q(n)}</td>
                <td class="number"><${x} bytes=${o} /></td>
                <td class="number">${r}</td>
              </tr>`)}
        </tbody>
      </table>
    </div>`}function Sa({device:e}){let{selection:t}=g(),{handles:n,mappings:o}=t.refsOf(e),r=`${n} ${o} ${e.revision}`,{users:i,failure:s,isReading:a,read:l}=Pe(e.chardev,r);return u`<h2>Used by</h2>
    <p class="hint">
      ${A(n,"handle")} and ${A(o,"mapping")} in the books.
      <button type="button" onClick=${l} disabled=${a}>Look again</button>
    </p>
    ${s!==null&&u`<${R} failure=${s} />`}
    ${i!==null&&u`<${xr} size=${e.size} holders=${i.holders} />`}
    ${i!==null&&u`<div
      class="sides">${Ta(i)} ${ka(i)}</div>`}`}function Ta({holders:e}){let t=e.length-qr;return u`<div>
    <h3>Declared (the books)</h3>
    ${e.length===0&&u`<p class="empty">Nobody has opened or mapped it.</p>`}
    <ul class="holders">
      ${e.slice(0,qr).map(n=>n.kind==="others"?u`<li>${A(n.count,"reference")} of other tenants</li>`:u`<li>
              <b>${n.holder}</b> · ${n.kind} <code>${n.id}</code>, generation${" "}
              ${n.generation} ${n.length!==void 0&&u`· <${x} bytes=${n.length} /> at offset <${x}
                  bytes=${n.offset} />`}
            </li>`)}
    </ul>
    ${t>0&&u`<p class="hint">and ${A(t,"more","more")}</p>`}
  </div>`}function ka({processes:e,complete:t}){return u`<div>
    <h3>Observed (the host)</h3>
    ${!t&&u`<p
      class="hint">Some processes could not be looked into: there may be more.</p>`}
    ${e.length===0&&u`<p class="empty">No process has it open or mapped.</p>`}
    <ul class="holders">
      ${e.map(({pid:n,comm:o,container_id:r,pod_uid:i,mapped:s,stale:a})=>u`<li>
            <b>${o}</b> · pid ${n}
            ${r!==null&&u`· container <code>${r.slice(0,12)}</code>`}
            ${i!==null&&u`· pod <code>${i}</code>`}
            ${s.map(({offset:l,length:d})=>u`· maps <${x}
              bytes=${d} /> at offset <${x} bytes=${l} />`)}
            ${a&&u`<span class="flag">of an ended generation</span>`}
          </li>`)}
    </ul>
  </div>`}var Pa=["enabled","draining","disabled"];function jr({id:e}){return e===null?u`<${Da} />`:u`<${Gr} key=${e} chardev=${e} />`}function Da(){let e=g(),{selection:t,connection:n}=e,[o,r]=E(""),[i,s]=E(""),a=t.devices.value,l=pe(()=>{let m=o.trim().toLowerCase(),f=p=>p?.toLowerCase().includes(m)===!0;return a.filter(p=>(i===""||p.state===i)&&(m===""||f(p.chardev)||f(p.namespace)||f(t.ownerOf(p))))},[a,o,i]),d=n.value.state==="loading",c=a.length===0?"There are no devices.":"No device fits this filter.";return u`<section>
    <header class="view">
      <h1 tabindex="-1">Devices</h1>
      <div class="filter">
        <label
          >Find
          <input
            type="search"
            placeholder="name, namespace, owner"
            value=${o}
            onInput=${m=>r(m.target.value)}
        /></label>
        <label
          >State
          <select onChange=${m=>s(m.target.value)}>
            <option value="">all</option>
            ${Pa.map(m=>u`<option value=${m}>${m}</option>`)}
          </select></label
        >
        <span class="count">${A(l.length,"device")}</span>
      </div>
    </header>
    <${re}
      label="Devices"
      columns=${Ra(e)}
      rows=${l}
      idOf=${({chardev:m})=>m}
      empty=${d?"Reading\u2026":c}
    />
  </section>`}function Ra({selection:e}){let{ownerOf:t,refsOf:n}=e;return[{name:"Device",key:({chardev:o})=>o,cell:({chardev:o,drift:r})=>u`<a href=${U("devices",o)}>${o}</a> ${r!==null&&u`<span
          class="flag bad" title=${r}>drift</span>`}`},{name:"State",key:({state:o})=>o,cell:({state:o})=>u`<${G} state=${o} />`},{name:"Size",isNumber:!0,key:({size:o})=>o,cell:({size:o})=>u`<${x} bytes=${o} />`},{name:"Owner",key:t,cell:o=>u`<${De} owner=${t(o)} />`},{name:"Namespace",key:({namespace:o})=>o??"",cell:({namespace:o})=>u`<span class="name" title=${o??""}>${o??"\u2014"}</span>`},{name:"Region",isNumber:!0,key:({region:o})=>o,cell:({region:o})=>o},{name:"Ranges",isNumber:!0,key:({ranges:o})=>o.length,cell:({ranges:o})=>o.length},{name:"Handles",isNumber:!0,key:o=>n(o).handles,cell:o=>n(o).handles},{name:"Mappings",isNumber:!0,key:o=>n(o).mappings,cell:o=>n(o).mappings},{name:"Generation",isNumber:!0,key:({generation:o})=>o,cell:({generation:o})=>o}]}var Ma=["region","namespace","device","handle","mapping","lease","claim","operation"];function Kr(){let{state:e}=g(),[t,n]=E(""),[o,r]=E(null),i=o??e.log.shown.value,s=t===""?i:i.filter(a=>a.kind===t);return u`<section>
    <header class="view">
      <h1 tabindex="-1">Events</h1>
      <div class="filter">
        <label
          >Kind
          <select onChange=${a=>n(a.target.value)}>
            <option value="">all</option>
            ${Ma.map(a=>u`<option value=${a}>${a}</option>`)}
          </select></label
        >
        <button type="button" aria-pressed=${o!==null}
          onClick=${()=>r(o===null?e.log.shown.value:null)}>
          ${o===null?"Hold still":"Go on"}
        </button>
        <span class="count">
          ${me(e.log.total.value)} since the page was opened; the last${" "}
          ${Ge} are kept
        </span>
      </div>
    </header>
    <${re}
      label="Events"
      columns=${Aa}
      rows=${s}
      idOf=${({revision:a})=>String(a)}
      empty="Nothing has happened since the page was opened."
    />
  </section>`}var Aa=[{name:"Revision",cell:({revision:e})=>u`<span class="number">${e}</span>`},{name:"Time",cell:({at:e})=>u`<time datetime=${e} title=${e}>${wr(e)}</time>`},{name:"What",cell:({kind:e,type:t})=>`${e} ${t}`},{name:"Which",cell:e=>Na(e)},{name:"State",cell:({object:e})=>La(e)}];function Na({kind:e,id:t}){let n={device:"devices",claim:"claims"}[e];return n===void 0?u`<span class="name" title=${t}>${t}</span>`:u`<a class="name" href=${U(n,t)}>${t}</a>`}function La(e){let{state:t}=e??{};return t===void 0?null:u`<${G} state=${t} />`}var Va={adopt:"daxd takes it over as it is: it gets a namespace of its own.",forget:"daxd strikes it from its books; the host is left as it is.",repair:"The host is made what the books want. What is in use is never destroyed for that."};function Xr(){return u`<section>
    <header class="view"><h1 tabindex="-1">Host</h1></header>
    <${Ia} /> <${Ha} />
  </section>`}function Ia(){let{daxd:e,session:t,dialog:n}=g(),[o,r]=E(null),i=L(),s=()=>i.run(async()=>r((await e.reconciliation.get()).items));B(()=>{s()},[]);let a=(l,d)=>()=>{n.value=u`<${Wa} item=${l} action=${d} done=${s} />`};return u`<h2>Books and host</h2>
    <p class="hint">
      What was wanted, what is written and what is there, side by side.
      <button type="button" disabled=${i.isRunning} onClick=${s}>Compare again</button>
    </p>
    ${i.failure!==null&&u`<${R} failure=${i.failure} />`}
    ${o===null&&i.failure===null&&u`<p class="empty">Comparing…</p>`}
    ${o?.length===0&&u`<p class="empty good">They agree.</p>`}
    <ul class="differences">
      ${o?.map(l=>u`<li>
            <span class="flag bad">${l.kind}</span> <b>${l.object}</b> ${l.detail}
            ${t.may("reconciliation:change")&&l.actions.map(d=>u`<button type="button" aria-label=${`${d} ${l.object}`}
                    onClick=${a(l,d)}>${d}…</button>`)}
          </li>`)}
    </ul>`}function Wa({item:e,action:t,done:n}){let{daxd:o,dialog:r}=g(),{run:i,isRunning:s,failure:a}=L(),{object:l}=e,d=async()=>{await o.reconciliation.act({object:l,action:t}),n()};return u`<${I} title=${`${t} ${l}?`}>
    <p>${e.detail}</p>
    <p>${Va[t]}</p>
    ${a!==null&&u`<${R} failure=${a} />`}
    <footer>
      <button type="button" onClick=${()=>{r.value=null}}>Cancel</button>
      <button type="button" class="primary" disabled=${s}
        onClick=${()=>i(d,`${l}: ${t} is done.`)}>
        ${t}
      </button>
    </footer>
  </${I}>`}function Ha(){let{daxd:e}=g(),[t,n]=E(null),o=L(),r=()=>o.run(async()=>n(await e.host()));B(()=>{r()},[]);let i=t?.findings??[],s=i.filter(({status:a})=>a!=="pass");return u`<h2>What the host supports</h2>
    ${o.failure!==null&&u`<${R} failure=${o.failure} />`}
    ${t===null&&o.failure===null&&u`<p class="empty">Examining…</p>`}
    ${t!==null&&u`<p class="hint">
        ${i.length-s.length} of ${i.length} checks pass.
        <button type="button" disabled=${o.isRunning} onClick=${r}>Examine again</button>
      </p>`}
    <ul class="findings">
      ${s.map(({id:a,title:l,status:d,detail:c,cost:m,mend:f})=>u`<li key=${a}>
            <${G} state=${d} /> <b>${l}</b> <span>${c}</span>
            ${m!==null&&u`<p>${m}</p>`} ${f!==null&&u`<p
              class="mend">${f}</p>`}
          </li>`)}
    </ul>`}function Qr(){let e=g(),{state:t,connection:n}=e;t.leases.version.value;let o=[...t.leases.rows()].sort((i,s)=>i.expires_at<s.expires_at?-1:1),r=n.value.state==="loading";return u`<section>
    <header class="view"><h1 tabindex="-1">Leases</h1></header>
    <${re}
      label="Leases"
      columns=${Ua(e)}
      rows=${o}
      idOf=${({id:i})=>i}
      empty=${r?"Reading\u2026":"Nobody holds a lease."}
    />
  </section>`}function Ua({now:e,session:t,dialog:n}){return[{name:"Lease",key:({id:o})=>o,cell:({id:o})=>u`<code>${o}</code>`},{name:"Holder",key:({holder:o})=>o,cell:({holder:o,tenant:r})=>u`<span class="name"
          title=${o}>${o}</span> ${r!==null&&u`<small>${r}</small>`}`},{name:"Time left",key:({expires_at:o})=>o,cell:o=>u`<${Pt} lease=${o} />`},{name:"Renewed for",isNumber:!0,key:({ttl_ms:o})=>o,cell:({ttl_ms:o})=>fe(o)},{name:"Last renewed",key:({updated_at:o})=>o,cell:({updated_at:o})=>kt(o,e.value)},{name:"Claim",key:({claim:o})=>o??"",cell:({claim:o})=>o===null?"\u2014":u`<a class="name" href=${U("claims",o)}>${o}</a>`},{name:"Token",isNumber:!0,key:({token:o})=>o,cell:({token:o})=>o},{name:"",cell:o=>t.may("leases:change")&&u`<button
          type="button"
          aria-label=${`End lease ${o.id}`}
          onClick=${()=>{n.value=u`<${Fa} lease=${o} />`}}
        >
          End…
        </button>`}]}function Fa({lease:e}){let{daxd:t,dialog:n}=g(),{id:o,holder:r,claim:i}=e,{run:s,isRunning:a,failure:l}=L();return u`<${I} title=${`End lease ${o}?`}>
    <p>
      To daxd this is the death of <b>${r}</b>: its handles are closed and its mappings
      dropped${i===null?".":u`, and the claim <b>${i}</b> is released.`}
    </p>
    ${l!==null&&u`<${R} failure=${l} />`}
    <footer>
      <button type="button" onClick=${()=>{n.value=null}}>Cancel</button>
      <button type="button" class="danger" disabled=${a}
        onClick=${()=>s(()=>t.leases.delete(o),`Lease ${o} is over.`)}>
        End the lease
      </button>
    </footer>
  </${I}>`}var Ba={region:"",name:"",size:"1GiB",align:"",wipe:"none",use:"device",shape:"any"};function Yr(){let{daxd:e,dialog:t,selection:n}=g(),[o,r]=E(null),i=L(),s=L(),[a,l]=Dt(Ba,()=>{r(null),i.forget(),s.forget()}),d=n.regions.value,c=d.find(({id:p})=>String(p)===a.region)?.supported_aligns??[],m=za(a);function f(p){if(p.preventDefault(),o===null)i.run(async()=>r(await e.namespaces.create(m,{dryRun:!0})));else{let h=`${X(o.size)} are ${o.chardev??"being made"}.`;s.run(()=>e.namespaces.create(m,{wait:!1}),h)}}return u`<${I} title="Create namespace">
    <form onSubmit=${f}>
      <div class="fields">
        <${F} label="Region" value=${a.region} onValue=${l("region")} options=${[["","any that fits"],...d.map(({id:p,available_size:h})=>[String(p),`${p} (${X(h)} free)`])]} />
        <${F} label="Size" value=${a.size} onValue=${l("size")} isRequired
          hint="64MiB, 1GiB, or max" />
        <${F} label="Name" value=${a.name} onValue=${l("name")}
          hint="daxd makes one if empty" />
        <${F} label="Align" value=${a.align} onValue=${l("align")} options=${[["","the region's"],...c.map(p=>[String(p),X(p)])]} />
        <${F} label="Place" value=${a.shape} onValue=${l("shape")} options=${[["any","where there is room"],["contiguous","in one piece"]]} />
        <${F} label="For" value=${a.use} onValue=${l("use")} options=${[["device","a device of its own"],["pool","a pool: slices of claims"]]} />
        <${F} label="On release" value=${a.wipe} onValue=${l("wipe")} options=${[["none","leave what is in it"],["on_release","wipe it"]]} />
      </div>
      ${o!==null&&u`<${qa} plan=${o} />`}
      ${[i.failure,s.failure].map(p=>p!==null&&u`<${R} failure=${p}
            onSize=${h=>l("size")(String(h))} />`)}
      <footer>
        <button type="button" onClick=${()=>{t.value=null}}>Cancel</button>
        <button type="submit" class="primary" disabled=${i.isRunning||s.isRunning}>
          ${o===null?"Check":"Create"}
        </button>
      </footer>
    </form>
  </${I}>`}function za({region:e,name:t,size:n,align:o,wipe:r,use:i,shape:s}){return{size:n.trim(),...e===""?{}:{region:Number(e)},...t.trim()===""?{}:{name:t.trim()},...o===""?{}:{align:Number(o)},...r==="none"?{}:{wipe:"on_release"},...i==="pool"?{pool:!0}:{},...s==="contiguous"?{contiguous:!0}:{}}}function qa({plan:e}){let{state:t,selection:n,session:o}=g(),{size:r,chardev:i,region:s,ranges:a}=e,l=t.regions.get(String(s)),d=n.occupancies.value.get(s)?.pieces??[],c=a.map(({start:m,end:f})=>({start:m,end:f+1}));return u`<div class="plan" role="status">
    <p>
      Would take <b><${x} bytes=${r} /></b> of region ${s} as <b>${i}</b>, in
      ${" "}${A(a.length,"range")}:
    </p>
    ${l!==void 0&&u`<${Me} region=${l} pieces=${d} planned=${c}
        isPartial=${!o.may("regions:map")} />`}
    <ul>
      ${a.map(({start:m,end:f,size:p})=>u`<li><code>${Q(m)}–${Q(f)}</code> <${x}
            bytes=${p} /></li>`)}
    </ul>
  </div>`}var Ga="This host offers no device-dax memory. The Host view says what is missing.",Jr=9;function Zr(){let{selection:e,session:t,connection:n}=g(),o=e.regions.value,r=n.value.state==="loading";return u`<section>
    <header class="view">
      <h1 tabindex="-1">Regions</h1>
      <div class="actions">${ja()}</div>
    </header>
    ${o.length===0&&u`<p class="empty">
        ${r?"Reading what the host offers\u2026":Ga}
      </p>`}
    ${o.map(i=>u`<${Ka} key=${i.id} region=${i} />`)}
    ${o.length>0&&!t.may("regions:map")&&u`<p class="hint">
        Only what is yours is drawn: other tenants' devices are not yours to see. The figures count
        all of the region.
      </p>`}
  </section>`}function ja(){let{session:e,dialog:t}=g();return u`${e.may("namespaces:change")&&u`<button
      type="button"
      onClick=${()=>{t.value=u`<${Yr} />`}}
    >
      Create namespace…
    </button>`}
  ${e.may("claims:change")&&u`<button
      type="button"
      onClick=${()=>{t.value=u`<${Rt} />`}}
    >
      Claim memory…
    </button>`}`}function Ka({region:e}){let{selection:t,session:n}=g(),o=t.occupancies.value.get(e.id);if(o===void 0)return null;let r=!n.may("regions:map"),{id:i,provider:s,kind:a,media:l,numa_node:d,target_node:c,align:m,drift:f,schedulable:p}=e,h=[s,a,l.persistence,l.type,`NUMA ${d}`,c===d?"":`target node ${c}`];return u`<article class="region" aria-labelledby=${`region-${i}`}>
    <header>
      <h2 id=${`region-${i}`}>Region ${i}</h2>
      <p class="facts">
        ${h.filter(y=>y!=="").join(" \xB7 ")} · align <${x} bytes=${m} />
      </p>
      ${e.state!=="enabled"&&u`<${G} state=${e.state} />`}
      ${!p&&u`<span class="flag">closed to new placements</span>`}
      ${f!==null&&u`<span class="flag bad">differs from the host: ${f}</span>`}
    </header>
    <${Me} region=${e} pieces=${o.pieces} isPartial=${r} />
    ${Xa({region:e,occupancy:o,isPartial:r})} ${Qa({occupancy:o,isPartial:r})}
  </article>`}function Xa({region:e,occupancy:t,isPartial:n}){let{size:o}=e,r=n?e.available_size:t.available,i=n?e.max_available_extent:t.largest,{holes:s,deviceCount:a}=t,l=Ye(i,r);return u`<dl class="figures">
    <div><dt>Size</dt><dd><${x} bytes=${o} /></dd></div>
    <div>
      <dt>Free</dt>
      <dd><${x} bytes=${r} /> <small>${Ye(r,o)}</small></dd>
    </div>
    <div class="wide">
      <dt>Largest free extent</dt>
      <dd>
        <${x} bytes=${i} />
        <small>${r===0?"nothing is free":`${l} of what is free`}</small>
        <meter
          min="0"
          max=${Math.max(1,r)}
          value=${i}
          aria-label=${`Largest free extent of region ${e.id} against all that is free`}
          >${l}</meter
        >
      </dd>
    </div>
    ${!n&&u`<div><dt>Holes</dt><dd>${s}</dd></div>`}
    <div><dt>${n?"Your devices":"Devices"}</dt><dd>${a}</dd></div>
  </dl>`}function Qa({occupancy:e,isPartial:t}){let{owners:n}=e;if(n.length===0)return null;let o=n.slice(Jr),r=o.reduce((i,{bytes:s})=>i+s,0);return u`<ul class="legend" aria-label=${t?"What is yours":"Who has how much"}>
    ${n.slice(0,Jr).map(({owner:i,bytes:s})=>u`<li key=${i}><${De} owner=${i} /> <${x} bytes=${s} /></li>`)}
    ${o.length>0&&u`<li>${A(o.length,"other")} <${x}
      bytes=${r} /></li>`}
  </ul>`}function ei(){let{session:e}=g(),[t,n]=E("");return u`<section class="sign-in">
    <h1 tabindex="-1">Who are you?</h1>
    ${e.isTokenWrong.value&&u`<p class="problem"
      role="alert">daxd does not know that token.</p>`}
    <form
      onSubmit=${o=>{o.preventDefault(),e.enter(t.trim())}}
    >
      <label class="field"
        ><span>Token</span
        ><input
          type="password"
          autocomplete="off"
          required
          value=${t}
          onInput=${o=>n(o.target.value)}
        /><small>It is kept in this tab only, and forgotten with it.</small></label
      >
      <button type="submit" class="primary">Sign in</button>
    </form>
    <p class="hint">
      On the host, <code>daxd token create --name you --role viewer</code> makes one that may look
      at everything and change nothing.
    </p>
  </section>`}var Ya={regions:"regions:read",devices:"devices:read",claims:"claims:read",leases:"leases:read",operations:"operations:read",host:"host:read",events:"events:read"};function ti({notice:e}){let{session:t,dialog:n,address:o}=g(),{view:r,id:i}=o.value,s=j(null),a=j(!0);B(()=>{document.title=`${i??r} \xB7 daxd`,a.current||s.current?.querySelector("h1")?.focus(),a.current=!1},[r,i]);let l=t.isTokenWanted.value;return u`<a class="skip" href="#main" onClick=${d=>Ja(d,s.current)}
      >Skip to the content</a
    >
    <header class="page">
      <span class="brand">daxd</span>
      ${!l&&u`<${el} />`}
      <div class="standing"><${nl} /> <${rl} /></div>
    </header>
    <main id="main" ref=${s} tabindex="-1">
      ${l?u`<${ei} />`:Za(r,i)}
    </main>
    <div class="notice" role="status" aria-live="polite">${e.said}</div>
    ${n}`}function Ja(e,t){e.preventDefault(),t?.focus()}function Za(e,t){return{regions:()=>u`<${Zr} />`,devices:()=>u`<${jr} id=${t} />`,claims:()=>u`<${Er} id=${t} />`,leases:()=>u`<${Qr} />`,operations:()=>u`<${Ur} />`,host:()=>u`<${Xr} />`,events:()=>u`<${Kr} />`}[e]()}function el(){let e=g(),{session:t,address:n}=e;return u`<nav aria-label="Views">
    <ul>
      ${yn.filter(o=>t.may(Ya[o])).map(o=>u`<li key=${o}>
            <a href=${U(o)}
              aria-current=${n.value.view===o?"page":void 0}
              >${o[0]?.toUpperCase()}${o.slice(1)}${tl(e,o)}</a
            >
          </li>`)}
    </ul>
  </nav>`}function tl({state:e,selection:t},n){let r={devices:()=>t.devices.value.length,claims:()=>+(e.claims.version.value>=0)*e.claims.size,leases:()=>+(e.leases.version.value>=0)*e.leases.size,operations:()=>t.unfinished.value.length}[n]?.()??0;return r===0?null:u` <span class="badge">${me(r)}</span>`}function nl(){let{connection:e,session:t,now:n}=g(),o=e.value,r=t.who.value,i={loading:"loading",live:"live",waiting:"signed out",reconnecting:"reconnecting"}[o.state],s=o.state==="reconnecting"?n.value-o.sinceMs:0;return u`<span class=${`connection ${o.state}`}
    title=${o.state==="reconnecting"?o.why:""}>
      <span class="mark" aria-hidden="true"></span><span role="status">${i}</span>
      ${s>0&&u`<span class="number" aria-hidden="true">${fe(s)}</span>`}
    </span>
    ${r!==null&&u`<span class="who" title=${`recognised by ${r.via}`}
        >${r.name}<small>${r.role}${ol(r.tenant)}</small></span
      >`}
    ${t.token()!==null&&r!==null&&u`<button type="button" onClick=${()=>t.leave()}>Sign out</button>`}`}function ol(e){return e===null?"":` of ${e}`}function rl(){let{settings:e}=g(),{theme:t,isExact:n}=e,o={system:"Auto",light:"Light",dark:"Dark"};return u`<button
      type="button"
      aria-pressed=${n.value}
      title="Sizes to the last byte"
      onClick=${()=>{n.value=!n.value}}
    >
      Bytes
    </button>
    <select
      aria-label="Colours"
      value=${t.value}
      onChange=${r=>{t.value=r.target.value}}
    >
      ${hn.map(r=>u`<option value=${r}
        selected=${r===t.value}>${o[r]}</option>`)}
    </select>`}var il=15e3,tt=Zo(sessionStorage),ni=Uo((e,t)=>fetch(e,t)),Lt=sn({url:location.origin,token:tt.token,fetch:ni.fetch}),oi=zo(()=>nt.tell()),nt=Bo(oi),ri=Ko(Lt),et=gr(nt,ri.byRegion),ii=er(localStorage,document.documentElement),sl=new AbortController,si=Io({daxd:Lt,state:nt,session:tt,loaded:()=>{ll()}},sl.signal),ai=O(gn(location.hash)),li=Lo(),ci=jo();function al(){let e=[...et.occupancies.value.values()].flatMap(({owners:t})=>t);for(let{owner:t}of e.sort((n,o)=>o.bytes-n.bytes))ci.of(t)}async function ll(){if(tt.may("regions:map"))for(let{id:e,available_size:t}of et.regions.value)et.occupancies.value.get(e)?.available!==t&&await ri.read(e)}async function cl(){if(!(tt.may("regions:map")||si.value.state!=="live")){for await(let e of Lt.regions.list())nt.regions.replace(e);oi()}}addEventListener("hashchange",()=>{ai.value=gn(location.hash)});for(let e of["(prefers-color-scheme: dark)","(prefers-contrast: more)"])matchMedia(e).addEventListener("change",()=>_n(document.documentElement));ii.theme.subscribe(()=>_n(document.documentElement));var ul=et.devices.subscribe(e=>{e.length!==0&&(al(),queueMicrotask(()=>ul()))});setInterval(()=>{cl().catch(()=>{})},il);var dl={daxd:Lt,state:nt,selection:et,session:tt,connection:si,settings:ii,looks:ci,address:ai,now:ni.now,dialog:O(null),say:li.say},Tn=document.getElementById("root");Tn!==null&&(Tn.replaceChildren(),jt(u`<${an.Provider} value=${dl}><${ti} notice=${li} /><//>`,Tn));
